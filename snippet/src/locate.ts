// Which element a target means.

import type { Page, Target } from "./wire.js";

/** Elements whose content is not the page's copy, whatever selector led there. */
export const UNTOUCHABLE = "head,script,style,noscript,template,iframe,frame,object,embed,base,meta,link";

/** Text as it is compared: runs of white space are one space. */
export const normalise = (text: string): string => text.replace(/\s+/g, " ").trim();

/** Finds the one element that is meant, or nothing. */
export function resolve(page: Page, { css, n, tag, text, alt = [] }: Target): Element | undefined {
  const pick = (css: string, n?: number) =>
    Array.from(page.document.querySelectorAll(css)).find(
      (element, at, all) =>
        (n == null ? !all[1] : n === at) &&
        !element.closest(UNTOUCHABLE) &&
        (tag ?? element.localName) === element.localName &&
        (text == null || normalise(element.textContent!) === normalise(text)),
    );
  return pick(css, n) ?? alt.map((css) => pick(css)).find(Boolean);
}
