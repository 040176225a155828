// `window.evoloop`: what the page says to the snippet, and hears of it.

import { guard } from "./guard.js";
import { openStore, type Kept } from "./store.js";
import type { Page } from "./wire.js";
import { visit, type Visit } from "./visit.js";

export type EventName = "applied" | "missed" | "reverted" | "gave_up";

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
  running?: boolean;
}

/** A call that came before the snippet: `["convert", "signup"]`. */
export type Call = [name: "convert" | "on" | "consent" | "forget", ...given: unknown[]];

type EvoloopPage = Page & { evoloop?: Evoloop };

/** Starts the snippet. Whatever goes wrong, the page stays as it is and never hears of it. */
export const start = guard((page: EvoloopPage, script: HTMLScriptElement | null): void => {
  const { document, navigator } = page;
  const before = page["evoloop"];
  if (before?.running) return;
  script ??= document.querySelector<HTMLScriptElement>("script[data-site]");
  const { site, consent, respect = "", stateless, forget = "/v1/forget" } = script?.dataset ?? {};
  const isRefused =
    (/gpc/.test(respect) && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) || (/dnt/.test(respect) && navigator.doNotTrack === "1");
  // Automated browsers see the page as it is and are not counted.
  const isMachine = navigator.webdriver || /Headless/.test(navigator.userAgent);
  const isOff = !site || isMachine || isRefused || /[?&]evo_off/.test(page.location.search);

  const told: [EventName, object | undefined][] = [];
  const listeners: Parameters<Evoloop["on"]>[] = [];
  const calls: Parameters<Evoloop["convert"]>[] = [];
  // A look at a variant that may not be published leaves no trace either.
  const isPreview = /[?&]evo_preview=/.test(page.location.search);
  const store = openStore(page, `evoloop_${site}`, stateless != null || isPreview);
  let mayRun = consent !== "required" || isPreview || store().consent;
  let current: Visit | undefined;

  const tell = (name: EventName, detail?: object) => {
    told.push([name, detail]);
    for (const [wanted, callback] of listeners) if (wanted === name) guard(callback)(detail);
  };
  const begin = guard(() => {
    if (!isOff && mayRun && !(document as { prerendering?: boolean }).prerendering) current ??= visit(page, script!, store, tell, calls);
  });
  const end = (isForgotten: boolean) => {
    mayRun = false;
    current?.end();
    current = undefined;
    const { visitor, token } = store();
    store((kept) => {
      for (const name in kept) delete kept[name as keyof Kept];
    });
    if (!isForgotten || !token) return;
    const body = JSON.stringify({ site_id: site, visitor_id: visitor, token });
    page.fetch(new page.URL(forget, script!.src).href, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
  };
  const run = guard(([name, ...given]: Call) => (page["evoloop"]![name] as (...given: unknown[]) => void)(...given));

  page["evoloop"] = {
    running: true,
    convert: guard((...call) => (current ? current.convert(...call) : calls.push(call))),
    variant: () => current?.variant(),
    on: guard((name, callback) => {
      listeners.push([name, callback]);
      for (const [happened, detail] of told) if (happened === name) callback(detail);
    }),
    consent: guard((isGiven) => {
      if (!isGiven) return end(false);
      if (isOff) return;
      mayRun = true;
      store((kept) => (kept.consent = true));
      begin();
    }),
    forget: guard(() => end(true)),
    q: { push: run },
  };
  if (Array.isArray(before?.q)) before.q.forEach(run);
  // What another tab has taken back is taken back here.
  page.addEventListener("storage", guard(({ key, newValue }: StorageEvent) => key === `evoloop_${site}` && !newValue && end(false)));
  // A page that the browser loads ahead is not a visit until it is shown.
  document.addEventListener("prerenderingchange", begin);
  begin();
  if (script && /[?&]evo_debug/.test(page.location.search)) {
    const panel = document.createElement("script");
    panel.src = new page.URL("/evoloop-debug.js", script.src).href;
    panel.nonce = script.nonce ?? "";
    document.head.append(panel);
  }
});
