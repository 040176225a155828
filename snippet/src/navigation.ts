// Pages that change their address without being loaded anew.

import { guard, listen } from "./guard.js";
import type { Page } from "./wire.js";

/** Calls whenever the address has changed inside this page. */
export function onNavigation(page: Page, changed: () => void): void {
  const { history, location } = page;
  let { href } = location;
  const look = guard(() => {
    if (href !== location.href) changed();
    href = location.href;
  });
  const { navigation } = page as { navigation?: EventTarget };
  if (navigation) return navigation.addEventListener("currententrychange", look);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = (...change) => {
      original.apply(history, change);
      look();
    };
  }
  listen(page, "popstate", look);
}
