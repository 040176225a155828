// One page view: who is it, what do they see, what did they do.

import { addRules, openEngine } from "./engine.js";
import { goalsAt, goalsNamed, watchGoals } from "./goals.js";
import { guard } from "./guard.js";
import { onNavigation } from "./navigation.js";
import { openQueue } from "./queue.js";
import type { EventName } from "./start.js";
import { uuid, type Kept, type Store } from "./store.js";
import { watchVitals } from "./vitals.js";
import type { Assignment, Goal, Page, WireEvent } from "./wire.js";

/** How long the page waits for an assignment before it stays as it is, in milliseconds. */
const ASSIGN_MS = 2000;
/** How long something that is about to change may be kept out of sight, in milliseconds. */
const MASK_MS = 400;
/** The flag of the page's owner in its address; a value of another form is no flag, and is not kept. */
const OWNER = /([?&])evo_owner=([^&]*)(&?)/;

/** A visit, for whoever holds the handle. */
export interface Visit {
  /** The variant that is shown, once it is known. */
  variant(): string | undefined;
  /** Reports goals, as soon as they are known. */
  convert(name?: string | null, options?: { value?: number }): void;
  /** Takes everything back and is silent from now on. */
  end(): void;
}

/** A document that has been read to its end, deferred scripts included. */
const parsed = (page: Page) =>
  new Promise<void>((done) => {
    const { document, performance } = page;
    const [times] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    if (times ? times.domContentLoadedEventStart : document.readyState !== "loading") done();
    else document.addEventListener("DOMContentLoaded", () => done());
  });

/** Keeps the owner's flag of the address, `off` forgets it, and takes it out, so that nobody passes it on with the link. */
function readOwner(page: Page, store: Store): void {
  const { history, location } = page;
  const [, , given] = OWNER.exec(location.search) ?? [];
  if (given == null) return;
  if (/^[\w.-]{1,200}$/.test(given)) store((kept) => (kept.owner = given === "off" ? "" : given));
  const rest = location.search.replace(OWNER, (_all, before: string, _flag, after: string) => after && before);
  // Refused on a page without an origin; then the flag stays where it is.
  guard(() => history.replaceState(history.state, "", location.pathname + rest + location.hash))();
}

/** Begins a visit. Whatever goes wrong, the page stays as it is. `calls` are those of `convert` that came before. */
export function visit(
  page: Page,
  script: HTMLScriptElement,
  store: Store,
  tell: (name: EventName, detail?: object) => void,
  calls: Parameters<Visit["convert"]>[],
): Visit {
  const { document, performance, location } = page;
  const { site = "", stateless, block, vitals: share = 0.1, assign = "/v1/assign", event = "/v1/event" } = script.dataset;
  const at = (path: string) => new page.URL(path, script.src).href;
  const preview = new page.URLSearchParams(location.search).get("evo_preview");
  const began = performance.now();
  const vitals = Math.random() < +share && watchVitals(page);
  const isPainted = () => performance.getEntriesByName("first-contentful-paint").length > 0;

  readOwner(page, store);
  // The store is read again, since another tab may have been first.
  if (stateless == null && !store().visitor) store((kept) => (kept.visitor ??= uuid(page)));
  let visitor = store().visitor;
  let shown: Assignment | undefined;
  /** What became of the patch, until it is told. */
  let outcome: Record<string, number | boolean> | undefined;
  let [isOver, isAnswered, isExposed, isMissTold, wasSeen] = [false, false, false, false, false];
  let goals: Goal[] | undefined;
  let early: (() => void)[] = [];
  let unmask = () => {};
  let unmasksAt = 0;
  const reported = new Set(store().goals);

  const engine = openEngine(page, () => {
    tell("gave_up");
    // Who has not been told of yet has not seen it either.
    outcome = { ...outcome, applied: 0, missed: 1 };
    impress(false);
    measure(true);
  });
  const queue = openQueue(page, at(event), `evoloop_${site}`, stateless != null || preview != null, ({ goal_id }, { result, counted }) => {
    // Remembered only when it is counted: a conversion that came too early may be reported again.
    if (goal_id && !isOver && (counted || result === "duplicate")) store((kept) => (kept.goals = [...(kept.goals ?? []), goal_id]));
  });

  function send(type: WireEvent["type"], detail: Partial<WireEvent>): void {
    const { variant_id, token } = shown!;
    const { owner } = store();
    const known = { id: uuid(page, Date.now()), site_id: site, variant_id, visitor_id: visitor!, type, ...detail };
    if (token && !isOver) queue.push({ ...known, token, ...(owner && { owner }) });
  }

  let isMeasured = !vitals;
  function measure(gave_up: boolean): void {
    if (gave_up || (isExposed && !isMeasured)) send("guardrail", { metadata: { ...vitals, reapplied: engine.again(), gave_up } });
    isMeasured = true;
  }

  /** Tells what became of the patch once somebody has looked and the server has had its say, or as the visitor leaves. */
  function impress(isLeaving: boolean): void {
    if (!outcome || isExposed || !wasSeen || !(isAnswered || isLeaving)) return;
    isExposed = !outcome["missed"];
    if (isExposed || !isMissTold) send("impression", { metadata: outcome });
    isMissTold = true;
    // Conversions wait for the impression: without an exposure there is nothing to convert from.
    if (isExposed) for (const report of early.splice(0)) report();
  }

  function reached(goal: Goal, value?: number): void {
    if (reported.has(goal.id)) return;
    reported.add(goal.id);
    early.push(() => send("conversion", { goal_id: goal.id, ...(Number.isFinite(value) && { value: value! }) }));
    impress(false);
    if (isExposed) early.splice(0).forEach((report) => report());
  }

  const watched = watchGoals(page, reached);
  const arrive = () => goalsAt(goals ?? [], location).forEach((goal) => reached(goal));
  const convert: Visit["convert"] = (...call) => {
    if (goals) goalsNamed(goals, call[0]).forEach((goal) => reached(goal, call[1]?.value));
    else calls.push(call);
  };

  function show(assignment: Assignment): void {
    shown = assignment;
    outcome = undefined;
    // Somebody who looked away for a while has seen both.
    [isExposed, isMissTold] = [false, false];
    const { variant_id, patch, targets = [] } = assignment;
    engine.show(variant_id, patch, targets, (applied, missed) => {
      const now = performance.now();
      outcome = { applied: missed ? 0 : applied, missed, ms: Math.round(now - began), painted_before_apply: isPainted() && now > unmasksAt };
      unmask();
      tell(missed ? "missed" : "applied", { variant: variant_id, assignment, ...outcome });
      impress(false);
    });
    if (goals) return;
    goals = assignment.goals;
    watched(goals);
    arrive();
    calls.splice(0).forEach((call) => convert(...call));
  }

  async function ask({ token, assignment }: Kept): Promise<Assignment | null | undefined> {
    const limit = new page.AbortController();
    page.setTimeout(() => limit.abort(), ASSIGN_MS);
    const query = new page.URLSearchParams({
      site_id: site,
      ...(visitor ? { visitor_id: visitor } : { stateless: "1" }),
      ...(token && { current: token }),
      ...(preview != null && { preview }),
    });
    try {
      const answer = await page.fetch(`${at(assign)}?${query}`, { credentials: "omit", cache: "no-store", signal: limit.signal });
      return answer.ok ? await answer.json() : [404, 410].includes(answer.status) || preview != null ? null : assignment;
    } catch {
      return assignment; // Nobody answers: what was shown last is shown.
    }
  }

  const stop = () => {
    engine.revert();
    unmask();
    if (shown && !isOver) tell("reverted");
    isOver = true;
  };

  async function run(): Promise<void> {
    // What was assigned at the last visit is shown at once, while the server is asked again.
    const kept = preview ? undefined : store().assignment;
    const hidden = block != null ? ["html"] : (kept?.patch?.ops ?? []).flatMap((op) => (op.op === "insert" || op.target.n != null ? [] : op.target.css));
    if (hidden.length) {
      unmask = addRules(page, hidden.map((css) => `:is(${css}):not(:focus-within){visibility:hidden!important}`));
      page.setTimeout(unmask, MASK_MS);
      if (!isPainted()) unmasksAt = performance.now() + MASK_MS;
    }
    const asked = ask(store());
    await parsed(page);
    if (kept && !isOver) show(kept);
    const fresh = await asked;
    if (isOver) return;
    isAnswered = true;
    // A paused site, an unknown one, or a visit that would not count.
    const { token } = fresh ?? {};
    store((kept) => {
      if (token) [kept.assignment, kept.token] = [fresh!, token];
      else delete kept.assignment;
      if (fresh?.visitor_id) kept.visitor = fresh.visitor_id;
    });
    if (!token && !fresh?.preview) return stop();
    visitor = fresh!.visitor_id ?? visitor;
    const same = ({ variant_id, patch, targets }: Assignment) => JSON.stringify([variant_id, patch, targets]);
    if (kept && same(kept) === same(fresh!)) shown = fresh!;
    else show(fresh!);
    impress(false);
  }

  const look = guard((event?: Event) => {
    if (document.visibilityState === "visible" && event?.type !== "pagehide") {
      wasSeen = true;
      return impress(false);
    }
    impress(true);
    measure(false);
    queue.leave();
  });
  document.addEventListener("visibilitychange", look);
  page.addEventListener("pagehide", look);
  look();
  onNavigation(page, () => {
    arrive();
    engine.settle();
  });
  run().catch(() => {
    stop();
    // What cannot be shown is not shown again.
    store((kept) => delete kept.assignment);
  });

  return {
    variant: () => shown?.variant_id,
    convert,
    end() {
      stop();
      queue.drop();
    },
  };
}
