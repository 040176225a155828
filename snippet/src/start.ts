// `window.evoloop`: what the page says to the snippet, and hears of it.

import { guard, listen } from "./guard.js";
import { openStore } from "./store.js";
import type { Page } from "./wire.js";
import { visit, type Visit } from "./visit.js";

export type EventName = "applied" | "missed" | "reverted" | "gave_up";

/** Tells the page of something. */
export type Tell = (name: EventName, detail?: object) => void;

/** What the page sees as `window.evoloop`. A page may put `{q: []}` there first and push calls into `q`. */
export interface Evoloop {
  /** Reports the primary goal, or the event or revenue goals of that name. */
  convert(goal?: string | null, options?: { value?: number }): void;
  /** The variant that this visitor sees, once it is known. */
  variant(): string | undefined;
  /** Calls back at every event of that name, and at once if there was one. */
  on(name: EventName, callback: (detail?: object) => void): void;
  /** Whether the visitor agrees, where the site asks; `false` takes everything back. */
  consent(isGiven: boolean): void;
  /** Erases the visitor, here and on the server. */
  forget(): void;
  /** Where a page may put calls before the snippet is there, and goes on to put them. */
  q?: Call[] | { push(call: Call): void };
}

/** A call that came before the snippet: `["convert", "signup"]`. */
export type Call = [name: "convert" | "on" | "consent" | "forget", ...given: unknown[]];

type EvoloopPage = Page & { evoloop?: Evoloop };

/** Starts the snippet. Whatever goes wrong, the page stays as it is and never hears of it. */
export const start = guard((page: EvoloopPage, given: HTMLScriptElement | null): void => {
  const { document, location, navigator } = page;
  const before = page["evoloop"];
  if (before?.variant) return;
  const script = given ?? document.querySelector<HTMLScriptElement>("script[data-site]")!;
  const { site, consent, respect = "", stateless, forget = "/v1/forget" } = script.dataset;
  const at = (path: string) => new page.URL(path, script.src).href;
  const asked = new page.URLSearchParams(location.search);
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
  const isOff =
    !site ||
    asked.has("evo_off") ||
    // Automated browsers see the page as it is and are not counted; those that say so in their name the server knows.
    navigator.webdriver ||
    (/gpc/.test(respect) && globalPrivacyControl) ||
    (/dnt/.test(respect) && doNotTrack === "1");

  const key = `evoloop_${site}`;
  const told: Parameters<Tell>[] = [];
  const listeners: Tell[] = [];
  const calls: Parameters<Evoloop["convert"]>[] = [];
  // A look at a variant that may not be published leaves no trace either.
  const isPreview = asked.has("evo_preview");
  const isShort = stateless != null || isPreview;
  const store = openStore(page, key, isShort);
  let current: Visit | undefined;

  const tell: Tell = (...news) => {
    told.push(news);
    for (const hear of listeners) hear(...news);
  };
  const begin = guard(() => {
    if (!isOff) current ??= visit(page, script.dataset, at, asked, isShort, store, tell, calls);
  });
  const end = (isForgotten?: boolean) => {
    current?.end();
    current = undefined;
    const { visitor, token } = store();
    store(null);
    if (isForgotten && token) {
      const body = JSON.stringify({ site_id: site, visitor_id: visitor, token });
      page.fetch(at(forget), { method: "POST", body, keepalive: true }).catch(() => {});
    }
  };
  const run = guard(([name, ...given]: Call) => (page["evoloop"]![name] as (...given: unknown[]) => void)(...given));

  page["evoloop"] = {
    convert: guard((...call) => {
      calls.push(call);
      current?.convert();
    }),
    variant: () => current?.variant(),
    on: guard((wanted, callback) => {
      const hear = guard((name: EventName, detail?: object) => name === wanted && callback(detail));
      listeners.push(hear);
      for (const news of told) hear(...news);
    }),
    consent: guard((isGiven) => {
      if (!isGiven) end();
      else if (!isOff) {
        store((kept) => (kept.consent = true));
        begin();
      }
    }),
    forget: guard(() => end(true)),
    q: { push: run },
  };
  // What another tab has taken back is taken back here.
  listen(page, "storage", (event) => (event as StorageEvent).key === key && !(event as StorageEvent).newValue && end());
  if (consent !== "required" || isPreview || store().consent) begin();
  if (asked.has("evo_debug")) void import(at("/evoloop-debug.js"));
  for (const call of (before?.q ?? []) as Call[]) run(call);
});
