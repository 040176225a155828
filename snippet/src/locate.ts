// Which element a target means.

import type { Page, Target } from "./wire.js";

/** Elements whose content is not the page's copy, whatever selector led there. */
export const UNTOUCHABLE = "head,script,style,noscript,template,iframe,frame,object,embed,base,meta,link";

/** Text as it is compared: runs of white space are one space. */
export const normalise = (text: string | null): string => (text ?? "").replace(/\s+/g, " ").trim();

/** Finds the one element that is meant, or nothing. */
export function resolve(page: Page, { css, n, tag, text, alt = [] }: Target): Element | undefined {
  const pick = (css: string, n?: number): Element | undefined => {
    try {
      const found = page.document.querySelectorAll(css);
      const element = n == null && found.length > 1 ? undefined : found[n ?? 0];
      const fits =
        element &&
        !element.closest(UNTOUCHABLE) &&
        (tag == null || element.localName === tag) &&
        (text == null || normalise(element.textContent) === normalise(text));
      return fits ? element : undefined;
    } catch {
      return undefined; // Not a selector that this browser knows.
    }
  };
  return [pick(css, n), ...alt.map((css) => pick(css))].find(Boolean);
}
