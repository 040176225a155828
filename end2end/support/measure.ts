// What a visitor's eyes would tell: measured inside the page, from its first frame on.

import type { BrowserContext, Page } from "@playwright/test";

interface Eyes {
  /** Sum of layout shifts that no input has caused. */
  shift: number;
  /** The headline in the first frame that had it and showed it, in milliseconds since the navigation; 0 is never. */
  shown: number;
  /** The last frame that had the headline but did not show it; 0 is never. */
  hidden: number;
  /** How long the headline was there and not shown, in milliseconds. */
  masked: number;
}

type Watched = Window & { eyes: Eyes };

/** Watches every page of the context. */
export const openEyes = (context: BrowserContext) =>
  context.addInitScript(() => {
    const eyes: Eyes = { shift: 0, shown: 0, hidden: 0, masked: 0 };
    (window as unknown as Watched).eyes = eyes;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) eyes.shift += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    let last = 0;
    const look = () => {
      const now = performance.now();
      const headline = document.querySelector("#headline");
      if (headline?.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) {
        eyes.shown ||= now;
      } else if (headline) {
        if (eyes.hidden === last) eyes.masked += now - last;
        eyes.hidden = now;
      }
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

/** What was seen so far. */
export const seenOn = (page: Page) => page.evaluate(() => (window as unknown as Watched).eyes);

/** The document as lines of tags and texts, with the rules of its adopted style sheets; the snippet's own tag left out. */
export const documentOf = (page: Page) =>
  page.evaluate(() => {
    const lines: string[] = [];
    const walk = (node: Node, depth: number) => {
      const line = (text: string) => lines.push("  ".repeat(depth) + text);
      if (node instanceof Element) {
        if (node.matches("script[data-site]")) return;
        // The order of attributes means nothing.
        const attributes = Array.from(node.attributes, ({ name, value }) => ` ${name}=${JSON.stringify(value)}`);
        line(node.localName + attributes.sort().join(""));
      } else if (node.nodeValue?.trim()) {
        line(JSON.stringify(node.nodeValue));
      }
      for (const child of node.childNodes) walk(child, depth + 1);
    };
    walk(document, 0);
    const sheets = Array.from(document.adoptedStyleSheets, ({ cssRules }) => Array.from(cssRules, ({ cssText }) => cssText));
    return { lines, sheets };
  });
