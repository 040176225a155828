// What is kept between page views: in local storage, else as little as needed in cookies, else for this page view alone.

import { guard } from "./guard.js";
import type { Assignment, Page, WireEvent } from "./wire.js";

const YEAR_S = 3e7;

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
  const inCookies = (use: (name: "visitor" | "token", cookie?: string) => void) => {
    for (const name of ["visitor", "token"] as const)
      guard(() => isShort || use(name, RegExp(`evoloop_${name}=([^;]+)`).exec(page.document.cookie)?.[1]))();
  };
  return (change) => {
    guard(() => isStored && (kept = { ...JSON.parse(page.localStorage[key] ?? null) }))();
    // A server on the page's own origin may have set cookies: they live longer than what a script keeps, so they count.
    inCookies((name, cookie) => (kept[name] = cookie ?? kept[name]));
    if (change === undefined) return kept;
    if (change) change(kept);
    else kept = {};
    isStored = false;
    guard(() => {
      if (isShort) return;
      page.localStorage[key] = JSON.stringify(kept);
      if (!change) delete page.localStorage[key];
      isStored = true;
    })();
    inCookies((name, cookie) => {
      const value = kept[name] ?? "";
      // A cookie of the server's lives longer than what a script writes.
      if (!isStored || (cookie && cookie !== value)) page.document.cookie = `evoloop_${name}=${value};path=/;max-age=${value ? YEAR_S : 0}`;
    });
    return kept;
  };
}

/** A UUID of the time (version 7), which the server keeps by day. `crypto.randomUUID` is missing on pages without https. */
export const uuid = (page: Page): string =>
  `0${Date.now().toString(16)}`.replace(/.{8}/, "$&-") +
  "-7000-8000-100000000000".replace(/[018]/g, (digit) => (+digit ^ (page.crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (+digit / 4)))).toString(16));
