// The page never hears of an error of ours.

import type { Page } from "./wire.js";

/** The same function, which swallows what it throws. */
export function guard<Given extends unknown[]>(run: (...given: Given) => void): (...given: Given) => void {
  return (...given) => {
    try {
      run(...given);
    } catch {
      // The page goes on.
    }
  };
}

/** Hears of events of these types, before the page's own code can stop them. */
export function listen(page: Page, types: string, heard: (event: Event) => void): void {
  for (const type of types.split(" ")) page.addEventListener(type, guard(heard), true);
}
