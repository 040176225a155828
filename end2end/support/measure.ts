// What a visitor's eyes would tell: measured inside the page, from its first frame on.

import type { BrowserContext, Page } from "@playwright/test";

interface Eyes {
  /** Sum of layout shifts that no input has caused. */
  shift: number;
  /** The headline in the first frame that had it and showed it, in milliseconds since the navigation; 0 is never. */
  shown: number;
  /** The last frame that had the headline but did not show it; 0 is never. */
  hidden: number;
}

type Watched = Window & { eyes: Eyes };

/** Watches every page of the context. */
export const openEyes = (context: BrowserContext) =>
  context.addInitScript(() => {
    const eyes: Eyes = { shift: 0, shown: 0, hidden: 0 };
    (window as unknown as Watched).eyes = eyes;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) eyes.shift += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    const look = () => {
      const headline = document.querySelector("#headline");
      if (headline?.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) eyes.shown ||= performance.now();
      else if (headline) eyes.hidden = performance.now();
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

/** What was seen so far. */
export const seenOn = (page: Page) => page.evaluate(() => (window as unknown as Watched).eyes);

/** The document and its style sheets as text, but for the snippet's own tag. */
export const documentOf = (page: Page) =>
  page.evaluate(() => {
    const copy = document.documentElement.cloneNode(true) as HTMLElement;
    for (const tag of copy.querySelectorAll("script[data-site]")) tag.remove();
    const html = copy.outerHTML.replace(/>\s+</g, ">\n<");
    const rules = Array.from(document.adoptedStyleSheets, ({ cssRules }) => Array.from(cssRules, ({ cssText }) => cssText));
    return { html, rules: rules.flat() };
  });
