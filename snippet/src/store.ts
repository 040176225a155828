// What is kept between page views: in local storage, else for this page view alone.

import { guard } from "./guard.js";
import type { Assignment, Page, WireEvent } from "./wire.js";

/** Everything that is kept for a site. */
export interface Kept {
  visitor?: string | undefined;
  token?: string | undefined;
  /** What was assigned last. */
  assignment?: Assignment | undefined;
  /** What the server has not answered for yet. */
  events?: WireEvent[] | undefined;
  /** The flag of the page's owner, whose visits do not count. */
  owner?: string | undefined;
  consent?: boolean;
}

/** Reads what is kept, changes it if something is to be changed, `null` forgets it, and gives it. Other tabs do the same with the same. */
export type Store = (change?: ((kept: Kept) => void) | null) => Kept;

/** Opens the store of a site; storage may be denied at any call. `isShort` keeps nothing beyond this page view. */
export function openStore(page: Page, key: string, isShort: boolean): Store {
  let kept: Kept = {};
  // Where nothing can be written, what stands there is old.
  let isStored = !isShort;
  return (change) => {
    guard(() => isStored && (kept = { ...JSON.parse(page.localStorage[key] ?? null) }))();
    // A proxy on the page's own origin may have set cookies: what it has shown is shown, to whom it has shown it.
    for (const name of ["visitor", "token"] as const)
      guard(() => {
        if (isShort) return;
        if (change === null) page.document.cookie = `evoloop_${name}=;path=/;max-age=0`;
        kept[name] = RegExp(`evoloop_${name}=([^;]+)`).exec(page.document.cookie)?.[1] ?? kept[name];
      })();
    if (change === undefined) return kept;
    if (change) change(kept);
    else kept = {};
    isStored = false;
    guard(() => {
      if (isShort) return;
      // Other tabs hear of a deletion, so there is one only where there is something.
      if (change) page.localStorage[key] = JSON.stringify(kept);
      else delete page.localStorage[key];
      isStored = true;
    })();
    return kept;
  };
}

/**
 * A UUID of the time (version 7), which the server keeps by day; what is random in it has decimal digits alone.
 * `crypto.randomUUID` is missing on pages without https.
 */
export const uuid = (page: Page): string =>
  `0${Date.now().toString(16)}${page.crypto.getRandomValues(new Uint32Array(9)).join("")}`.replace(/(.{8})(.{4})(...)(...)(.{12}).*/, "$1-$2-7$3-8$4-$5");
