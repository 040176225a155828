// When a page may be changed: not before its framework has taken over what the server wrote.

import type { Page } from "./wire.js";

/** Where frameworks put the page that a server has drawn. */
const ROOTS = "#root,#app,#svelte,[id^=__],[data-reactroot],[data-server-rendered],[data-hk],[ng-server-context],astro-island[ssr]";
/** How long such a page is waited for, in milliseconds. */
const PATIENCE_MS = 3000;

/** What frameworks have written on a node and those around it, the node's own first. */
const notes = (node: Node | null): string => (node ? `${Object.keys(node)};${notes(node.parentNode)}` : "");

/** Watches one page; the answer is whether an element may be changed now. */
export function watchHydration(page: Page): (element: Element) => boolean {
  let isOver = false;
  const over = () => (isOver = true);
  const idle = () => (page["requestIdleCallback"] ?? page.setTimeout)(over);
  if (page.document.readyState === "complete") idle();
  else page.addEventListener("load", idle);
  page.setTimeout(over, PATIENCE_MS);
  return (element) =>
    isOver ||
    // React goes down from its container piece by piece; others take a whole root at once.
    /^[^;]*__react|__vue|_vnode|_reactR/.test(notes(element)) ||
    !(element.closest(ROOTS) || /__reactC/.test(notes(element)) || /\b__(next|nuxt|remix|sveltekit|reactRouter|tsr)/i.test(`${Object.keys(page as object)}`));
}
