// Whether this browser is that of the page's owner, whose visits do not count.

import { guard } from "./guard.js";
import type { Memory } from "./identity.js";
import type { Page } from "./wire.js";

/** The flag in a page's address; a value of another form is no flag, and is not kept. */
const PARAMETER = /([?&])evo_owner=([^&]*)(&?)/;
const FLAG = /^[\w.-]{1,200}$/;

/**
 * The flag of this browser for a site. One in the page's address is kept, `off` forgets it, and either is
 * taken out of the address, so that nobody passes it on with the page's link.
 */
export function ownerFlag(page: Page, memory: Memory, siteId: string): string | undefined {
  const key = `evoloop.owner.${siteId}`;
  const { history, location } = page;
  const { href, search } = location;
  const given = PARAMETER.exec(search)?.[2];
  if (given != null) {
    if (FLAG.test(given)) memory.set(key, given === "off" ? "" : given);
    const rest = search.replace(PARAMETER, (_all, before: string, _flag, after: string) => after && before);
    // Refused on a page without an origin; then the flag stays where it is.
    guard(() => history.replaceState(history.state, "", href.replace(search, () => rest)))();
  }
  return memory.get(key) || undefined;
}
