// When a page may be changed: not before its framework has taken over what the server wrote.

import type { Page } from "./wire.js";

/** Where frameworks put the page that a server has drawn, and what their scripts leave behind; the container of React among it. */
const ROOTS = "#root,#app,[id^=__],[data-hk],[ng-server-context],[ssr]";
const SIGNS = /__(react[CR]|next|nuxt|remix|sveltekit|tsr)/i;
/** What is on an element that was taken over, or on the root around it: React goes down piece by piece, others take all at once. */
const TAKEN = /^[^;]*__react|\b(__vue|_reactRoot)/;
/** How long such a page is waited for, in milliseconds. */
const PATIENCE_MS = 3000;

/** Watches one page; the answer is whether an element may be changed now. */
export function watchHydration(page: Page): (element: Element) => boolean {
  let isOver: boolean | undefined;
  const over = () => (isOver = true);
  page.setTimeout(over, PATIENCE_MS);
  const names = (node: Node | null): string => `${Object.keys(node ?? (page as object))};${node ? names(node.parentNode) : ""}`;
  return (element) => {
    if (/^c/.test(page.document.readyState)) (page["requestIdleCallback"] ?? page.setTimeout)(over);
    // What was served with another patch stays as it was served.
    return !element.matches("[data-evo]") && (isOver || TAKEN.test(names(element)) || !(element.closest(ROOTS) || SIGNS.test(names(element))));
  };
}
