// Visitors who convert and are gone: their conversions arrive over a bad line, each once.
// EVOLOOP_E2E_VISITS sets how many visits there are.

import type { BrowserContext } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { inGroups } from "./support/groups.ts";
import { startStub } from "./support/stub.ts";

const VISITS = Number(process.env["EVOLOOP_E2E_VISITS"] ?? 60);
const AT_ONCE = 10;
/** Share of event requests that fail. */
const FAILING = 0.05;
/** Besides, the first try fails for one conversion in so many, so that few visits are enough to tell. */
const UNLUCKY = 10;
/** Share of conversions that must arrive. */
const ARRIVING = 0.995;
/** The visitor is gone within this many milliseconds after the click. */
const GONE_MS = 50;
const RELOADS = 3;

const HTML = `<body><h1>Old headline</h1><button id="cta" type="button">Buy</button>`;

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function convertAndLeave(context: BrowserContext, url: string, wait: number): Promise<void> {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const exposed = page.waitForRequest((request) => request.url().endsWith("/v1/event"));
  await page.goto(url);
  await exposed;
  const gone = page.waitForURL("**/thanks");
  await page.evaluate((milliseconds) => {
    document.querySelector<HTMLElement>("#cta")!.click();
    setTimeout(() => location.assign("/thanks"), milliseconds);
  }, wait);
  await gone;
  for (let reload = 0; reload < RELOADS; reload += 1) {
    const runs = page.waitForRequest((request) => request.url().includes("/v1/assign"));
    await page.reload();
    await runs;
  }
  await page.waitForLoadState("networkidle");
}

test.use({ allowed: [/net::ERR_|status of 503/] });

test(`${VISITS} visitors who convert and leave at once`, async ({ newPerson }) => {
  test.setTimeout(60_000 + VISITS * 2000);
  const stub = await startStub();
  const random = seeded(6);
  const FAULTS = ["refused", "lost", "unanswered"] as const;
  const tried = new Set<string>();
  let requests = 0;
  let failed = 0;
  stub.html = HTML;
  stub.patch.ops = [{ op: "text", target: { css: "h1" }, value: "New headline" }];
  stub.goals = [{ id: "goal-click", type: "click", selector: "#cta", is_primary: true }];
  stub.eventFault = (events) => {
    requests += 1;
    const conversion = events.find(({ type, id }) => type === "conversion" && !tried.has(id));
    if (conversion) tried.add(conversion.id);
    const unlucky = conversion && tried.size % UNLUCKY === 0;
    if (random() >= FAILING && !unlucky) return null;
    failed += 1;
    return FAULTS[Math.floor(random() * FAULTS.length)]!;
  };
  try {
    await inGroups(VISITS, AT_ONCE, async () => {
      const context = await newPerson();
      await convertAndLeave(context, stub.page, random() * GONE_MS);
      await context.close();
    });
  } finally {
    await stub.stop();
  }
  // What the server counts: each id once, whatever arrived twice on the way.
  const ids = new Map<string, Set<string>>();
  for (const { type, id, visitor_id } of stub.taken) {
    if (type === "conversion") ids.set(visitor_id, (ids.get(visitor_id) ?? new Set()).add(id));
  }
  const twice = [...ids.values()].filter(({ size }) => size > 1).length;
  console.log(`${ids.size} of ${VISITS} conversions arrived, ${twice} twice; ${failed} of ${requests} event requests failed`);
  expect(twice, "conversions that count twice").toBe(0);
  expect(ids.size, "conversions that arrived").toBeGreaterThanOrEqual(Math.ceil(VISITS * ARRIVING));
  expect(failed, "requests that failed").toBeGreaterThan(0);
});
