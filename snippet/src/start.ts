// One page view: who is it, what do they see, what did they do; and `window.evoloop`, by which the page has a say in it.

import type { Evoloop, EventName, Call, Tell } from "./api.js";
import { addRules, openEngine } from "./engine.js";
import { watchGoals } from "./goals.js";
import { guard, listen } from "./guard.js";
import { onNavigation } from "./navigation.js";
import { openQueue } from "./queue.js";
import { openStore, uuid } from "./store.js";
import { watchVitals } from "./vitals.js";
import type { Assignment, Page, WireEvent } from "./wire.js";

/** How long the page waits for an assignment before it stays as it is, in milliseconds. */
const ASSIGN_MS = 2000;
/** How long something that is about to change may be kept out of sight, in milliseconds. */
const MASK_MS = 400;

type EvoloopPage = Page & { evoloop?: Evoloop };

/** Starts the snippet. Whatever goes wrong, the page stays as it is and never hears of it. */
export const start = guard((page: EvoloopPage, script: HTMLScriptElement): void => {
  const { location, navigator } = page;
  const before = page["evoloop"];
  if (before?.variant) return;
  const { site, consent, respect, stateless, block, vitals: share = 0.1 } = script.dataset;
  /** Where the server answers. The tag may name other paths, since lists of blocked words stop the usual ones. */
  const at = (name: string) => new page.URL(script.dataset[name] ?? `/v1/${name}`, script.src).href;
  const asked = new page.URLSearchParams(location.search);
  const isOff =
    !site ||
    asked.has("evo_off") ||
    // Automated browsers see the page as it is and are not counted; those that say so in their name the server knows.
    navigator.webdriver ||
    (/gpc/.test(respect!) && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) ||
    (/dnt/.test(respect!) && navigator.doNotTrack === "1");

  const key = `evoloop_${site}`;
  const told: Parameters<Tell>[] = [];
  const listeners: Tell[] = [];
  const calls: Parameters<Evoloop["convert"]>[] = [];
  // A look at a variant that may not be published leaves no trace either.
  const preview = asked.get("evo_preview");
  const isShort = (stateless ?? preview) != null;
  const store = openStore(page, key, isShort);
  /** What the visit is, as soon as there is one: what is shown, what happened, and how it ends. */
  let shown: Assignment | undefined;
  let happened: ReturnType<typeof watchGoals> | undefined;
  let stop: (() => void) | undefined;

  const tell: Tell = (...news) => {
    told.push(news);
    for (const hear of listeners) hear(...news);
  };
  const convert = () => {
    for (const [name, options] of happened ? calls.splice(0) : [])
      // Without a name the primary goal is meant, else those of events and of revenue.
      happened!(({ type, event_name, is_primary }) => (name == null ? is_primary : /^[er]/.test(type) && event_name === name), options?.value);
  };
  const visit = () => {
    const { document, location, performance } = page;
    const began = performance.now();
    const isPainted = () => performance.getEntriesByName("first-contentful-paint")[0];
    let vitals = Math.random() < +share && watchVitals(page);

    const flag = asked.get("evo_owner");
    if (flag != null)
      guard(() => {
        if (flag && !flag[200]) store((kept) => (kept.owner = flag));
        // Nobody passes it on with the link. Refused on a page without an origin; then the flag stays where it is.
        page.history.replaceState(page.history.state, "", location.href.replace(/\bevo_owner=[^&#]*&?/, ""));
      })();
    // The store is read again, since another tab may have been first.
    let { visitor = "" } = store(isShort ? undefined : (kept) => (kept.visitor ??= uuid(page)));
    const reported: string[] = [];
    /** What became of the patch, until it is told. */
    let outcome: Record<string, number | boolean> | undefined;
    /** How much of it the server was told: nothing, a miss, the exposure. */
    let level = 0;
    let isOver: boolean | undefined;
    let isAnswered: boolean | undefined;
    let wasSeen: boolean | undefined;
    /** Conversions that wait for the exposure. */
    const early: Partial<WireEvent>[] = [];
    let unmask: (() => void) | undefined;
    let unmasksAt = 0;

    const engine = openEngine(page);
    const queue = openQueue(page, at("event"), store);

    function send(type: WireEvent["type"], detail: Partial<WireEvent>): void {
      if (isOver) return;
      const { token, variant_id } = shown!;
      if (token) queue.push({ id: uuid(page), type, site_id: site!, visitor_id: visitor, variant_id, token, owner: store().owner, ...detail } as WireEvent);
    }

    function measure(gave_up: boolean): void {
      if (gave_up || (vitals && level > 1)) send("guardrail", { metadata: { ...vitals, reapplied: engine.turns.length, gave_up } });
      vitals = false;
    }

    /** Tells what became of the patch once somebody has looked and the server has had its say, or as the visitor leaves. */
    function report(): void {
      wasSeen ||= !document.hidden;
      const next = outcome?.["missed"] ? 1 : 2;
      if (outcome && next > level && wasSeen && (isAnswered || document.hidden)) {
        send("impression", { metadata: outcome });
        level = next;
      }
      // Conversions wait for the impression: without an exposure there is nothing to convert from.
      if (level > 1) for (const conversion of early.splice(0)) send("conversion", conversion);
    }

    happened = watchGoals(page, () => shown?.goals, ({ id }, value) => {
      if (reported.includes(id)) return;
      reported.push(id);
      // What is no number becomes null in JSON.
      early.push({ goal_id: id, value: parseFloat(value as never) });
      report();
    });
    const arrive = () => {
      const { href } = location;
      happened!(({ type, url_contains }) => type === "url" && href.includes(url_contains!));
    };

    function show(assignment: Assignment): void {
      shown = assignment;
      outcome = undefined;
      // Somebody who looked away for a while has seen both.
      level = 0;
      engine.show(assignment, (missed, gaveUp) => {
        const now = performance.now();
        // Who has not been told of yet when the page is given up has not seen it either.
        outcome = { applied: missed ? 0 : assignment.patch.ops.length, missed, ms: (now - began) | 0, painted_before_apply: !!isPainted() && now > unmasksAt };
        unmask?.();
        tell(gaveUp ? "gave_up" : missed ? "missed" : "applied", { variant: assignment.variant_id, assignment, ...outcome });
        report();
        if (gaveUp) measure(true);
      });
      happened!();
    }

    // A visit that is over may still end itself; by then another one may have begun.
    const leave = (stop = () => {
      engine.revert();
      unmask?.();
      if (shown && !isOver) tell("reverted");
      isOver = true;
    });

    async function run(): Promise<void> {
      // What was assigned at the last visit is shown at once, while the server is asked again.
      const { assignment: kept, token: current = "" } = store();
      const hidden =
        block != null ? "html" : kept?.patch?.ops?.flatMap((op) => ("target" in op && op.target.n == null ? op.target.css : [])).join();
      if (hidden) {
        unmask = addRules(page, `:is(${hidden}):not(:focus-within){visibility:hidden!important}`);
        page.setTimeout(unmask, MASK_MS);
        if (!isPainted()) unmasksAt = performance.now() + MASK_MS;
      }
      const query = `site_id=${site}&visitor_id=${visitor}&stateless=${+!visitor}&current=${current}&preview=${preview ?? ""}`;
      const asked: Promise<Assignment | null | undefined> = page.fetch(`${at("assign")}?${query}`, { signal: page.AbortSignal.timeout(ASSIGN_MS) })
        .then((answer) => (answer.ok ? answer.json() : answer.status === 404 ? null : kept))
        // Nobody answers: what was shown last is shown.
        .catch(() => kept);
      // Until the document is read to its end, deferred scripts included.
      if (!performance.timing.domContentLoadedEventStart) await new Promise((done) => listen(page, "DOMContentLoaded load", done));
      if (kept && !isOver) show(kept);
      const fresh = await asked;
      if (isOver) return;
      isAnswered = true;
      // A paused site, an unknown one, or a visit that would not count.
      const token = fresh?.token;
      store((kept) => {
        kept.assignment = (token && fresh) as Assignment;
        kept.token = token ?? kept.token;
        visitor = kept.visitor = fresh?.visitor_id ?? visitor;
      });
      if (!token && !fresh?.preview) return leave();
      shown = fresh!;
      // What a variant is never changes.
      if (!shown.patch.ops[0] || kept?.variant_id !== shown.variant_id) show(shown);
      report();
    }

    listen(page, "visibilitychange", () => {
      report();
      if (!document.hidden) return;
      measure(false);
      queue.leave();
    });
    report();
    arrive();
    convert();
    onNavigation(page, () => {
      arrive();
      engine.settle();
    });
    run().catch(() => {
      leave();
      // What cannot be shown is not shown again.
      store((kept) => (kept.assignment = undefined));
    });
  };
  const begin = guard(() => {
    if (!isOff && !stop) visit();
  });
  const end = (isForgotten?: boolean) => {
    stop?.();
    stop = happened = shown = undefined;
    const { visitor, token } = store();
    store(null);
    if (isForgotten && token) {
      const body = JSON.stringify({ site_id: site, visitor_id: visitor, token });
      page.fetch(at("forget"), { method: "POST", body, keepalive: true }).catch(() => {});
    }
  };
  const run = guard(([name, ...given]: Call) => (page["evoloop"]![name] as (...given: unknown[]) => void)(...given));

  page["evoloop"] = {
    convert: guard((...call) => {
      calls.push(call);
      convert();
    }),
    variant: () => shown?.variant_id,
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
  if (consent !== "required" || preview || store().consent) begin();
  // The panel lies beside the folder of the usual paths.
  if (asked.has("evo_debug")) void import(at("../evoloop-debug.js"));
  (before?.q as Call[] | undefined)?.forEach(run);
});

