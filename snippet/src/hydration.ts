// When a page may be changed: not before its framework has taken over what the server wrote.

import type { Page } from "./wire.js";

/** Where frameworks put the page that a server has drawn. */
const ROOTS = "#root,#app,#__next,#__nuxt,#___gatsby,#svelte,[data-reactroot],[data-server-rendered],[data-hk],[ng-server-context],astro-island[ssr]";
/** How long such a page is waited for, in milliseconds. */
const PATIENCE_MS = 3000;

const bears = (node: object, name: RegExp) => Object.keys(node).some((key) => name.test(key));

/** Watches one page; the answer is whether an element may be changed now. */
export function watchHydration(page: Page): (element: Element) => boolean {
  let isOver = false;
  const over = () => (isOver = true);
  const idle = () => (page["requestIdleCallback"] ?? page.setTimeout)(over);
  if (page.document.readyState === "complete") idle();
  else page.addEventListener("load", idle);
  page.setTimeout(over, PATIENCE_MS);
  return (element) => {
    const some = (name: RegExp, node: Node | null = element): boolean => !!node && (bears(node, name) || some(name, node.parentNode));
    // React goes down from its container piece by piece; others take a whole root at once.
    const isReact = some(/^__reactC/);
    return (
      isOver ||
      (isReact ? bears(element, /^__react/) : some(/^(__vue|_vnode|_reactR)/) || !(element.closest(ROOTS) || bears(page as object, /^__(next|nuxt|remix|sveltekit|reactRouter|tsr)/i)))
    );
  };
}
