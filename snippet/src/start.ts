// One page view: who is it, what do they see, what did they do.

import { apply } from "./apply.js";
import { goalsNamed, watchGoals } from "./goals.js";
import { guard } from "./guard.js";
import { openMemory, uuid, visitorId } from "./identity.js";
import { ownerFlag } from "./owner.js";
import { openQueue } from "./queue.js";
import type { Assignment, Goal, Page, WireEvent } from "./wire.js";

/** How long the page waits for an assignment before it stays as it is, in milliseconds. */
const ASSIGN_MS = 2000;

/** `evoloop.convert()`: reports the primary goal, or the event or revenue goals of that name. */
export type Convert = (name?: string | null, options?: { value?: number }) => void;

/** What the page sees as `window.evoloop`. A page may put `{q: []}` there first and push calls into `q`. */
export interface Evoloop {
  convert: Convert;
  q?: Parameters<Convert>[];
  running?: boolean;
}

type EvoloopPage = Page & { evoloop?: Evoloop };

async function assign(page: Page, base: string, query: Record<string, string>): Promise<Assignment> {
  const limit = new page.AbortController();
  const timer = page.setTimeout(() => limit.abort(), ASSIGN_MS);
  try {
    const answer = await page.fetch(`${base}/v1/assign?${new page.URLSearchParams(query)}`, {
      credentials: "omit",
      cache: "no-store",
      signal: limit.signal,
    });
    if (!answer.ok) throw answer.status;
    return (await answer.json()) as Assignment;
  } finally {
    page.clearTimeout(timer);
  }
}

const documentReady = (page: Page) =>
  new Promise<void>((done) => {
    if (page.document.readyState !== "loading") return done();
    page.document.addEventListener("DOMContentLoaded", () => done(), { once: true });
  });

/** A page that the browser loads ahead is not a visit until it is shown. */
const shown = (page: Page) =>
  new Promise<void>((done) => {
    const document = page.document as Document & { prerendering?: boolean };
    if (!document.prerendering) return done();
    document.addEventListener("prerenderingchange", () => done(), { once: true });
  });

/** A tab that nobody has looked at shows nothing to anybody. */
const looked = (page: Page) =>
  new Promise<void>((done) => {
    const look = () => page.document.visibilityState === "visible" && done();
    page.document.addEventListener("visibilitychange", look);
    look();
  });

async function run(page: EvoloopPage, base: string, siteId: string, setConvert: (convert: Convert) => void) {
  await shown(page);
  const began = page.performance.now();
  const memory = openMemory(page);
  const visitor = visitorId(page, memory);
  const owner = ownerFlag(page, memory, siteId);
  const seen = looked(page);
  const tokenKey = `evoloop.token.${siteId}`;
  const goalsKey = `evoloop.goals.${siteId}`;
  const current = memory.get(tokenKey);
  const [{ variant_id, patch, goals, token }] = await Promise.all([
    assign(page, base, { site_id: siteId, visitor_id: visitor, ...(current ? { current } : {}) }),
    documentReady(page),
  ]);
  if (!token) throw new Error(); // A paused site, or a visit that would not count.
  memory.set(tokenKey, token);

  const reported = new Set(memory.get(goalsKey)?.split(" "));
  const queue = openQueue(page, `${base}/v1/event`, ({ goal_id }, { result, counted }) => {
    // Remembered only when it is counted: a conversion that came too early may be reported again.
    if (!goal_id || !(counted || result === "duplicate")) return;
    memory.set(goalsKey, [...new Set(memory.get(goalsKey)?.split(" ")).add(goal_id)].join(" ").trim());
  });
  const send = (type: WireEvent["type"], detail: Partial<WireEvent>) =>
    queue.push({ id: uuid(page, Date.now()), site_id: siteId, variant_id, visitor_id: visitor, type, token, ...(owner ? { owner } : {}), ...detail });

  // Conversions wait for the impression: without an exposure there is nothing to convert from.
  let early: (() => void)[] | null = [];
  const reached = (goal: Goal, value?: number) => {
    if (reported.has(goal.id)) return;
    reported.add(goal.id);
    const report = () => send("conversion", { goal_id: goal.id, ...(Number.isFinite(value) ? { value: value! } : {}) });
    if (early) early.push(report);
    else report();
  };
  watchGoals(page, goals, reached);
  setConvert((name, options) => {
    for (const goal of goalsNamed(goals, name)) reached(goal, options?.value);
  });

  const { applied, missed } = await apply(page, patch);
  const ms = Math.round(page.performance.now() - began);
  await seen;
  send("impression", { metadata: { applied, missed, ms } });
  for (const report of early) report();
  early = null;
}

/** Starts the snippet. Whatever goes wrong, the page stays as it is and never hears of it. */
export const start = guard((page: EvoloopPage, script: HTMLScriptElement | null): void => {
  const before = page.evoloop;
  if (before?.running) return;
  const calls = before?.q ?? [];
  let convert: Convert = (...call) => calls.push(call);
  const close = () => {
    convert = () => {};
  };
  page.evoloop = { running: true, convert: guard((...call) => convert(...call)) };
  const source = script ?? page.document.querySelector<HTMLScriptElement>("script[data-site]");
  const siteId = source?.dataset["site"];
  // Automated browsers see the page as it is and are not counted.
  if (!source || !siteId || page.navigator.webdriver || /Headless/.test(page.navigator.userAgent)) return close();
  run(page, new page.URL(source.src).origin, siteId, (ready) => {
    convert = guard(ready);
    for (const call of calls) convert(...call);
  }).catch(close);
});
