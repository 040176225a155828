// The snippet on twelve sites as customers have them: what the patch says is what a visitor sees, or it is reported as
// missed; and the site goes on working as if the snippet were not there.

import type { BrowserContext, Page, Request } from "@playwright/test";
import { content } from "./fixtures/content.ts";
import { expect, test as base } from "./support/fixtures.ts";
import { documentOf, openEyes, seenOn } from "./support/measure.ts";
import { startSite, type RunningSite, type SiteName } from "./support/sites.ts";
import type { Stub } from "./support/stub.ts";

/**
 * What becomes of every operation on each site.
 *
 * | expected | first visit                                | returning visit                        |
 * | -------- | ------------------------------------------ | -------------------------------------- |
 * | applied  | applied, acknowledged                      | the same, from the kept assignment     |
 * | missed   | the original, reported as missed           | the same                               |
 * | original | the original: who waits has read the page  | applied, from the kept assignment      |
 */
const EXPECTED: Record<SiteName, "applied" | "missed" | "original"> = {
  plain: "applied",
  react: "applied",
  streaming: "applied",
  vue: "applied",
  svelte: "applied",
  spa: "applied",
  csp: "applied",
  late: "applied",
  ticker: "applied",
  changed: "missed",
  slow: "original",
  down: "original",
};

/** An operation, and what a visitor sees of it: `[as it was, with the operation]`. */
interface Case {
  op: { op: string; [more: string]: unknown };
  looks: (page: Page) => Promise<unknown>;
  seen: [unknown, unknown];
}

const css = (page: Page, target: string, property: string) =>
  page.locator(target).evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
const texts = (page: Page, target: string) => page.locator(target).allInnerTexts();
/** The elements of one parent, by their names or ids. */
const order = (page: Page, parent: string) =>
  page.locator(parent).evaluate((element) => Array.from(element.children, ({ id, localName }) => id || localName));
/** Source, shape and description of the picture. */
const picture = (page: Page) =>
  page.locator("#hero").evaluate((image: HTMLImageElement) => {
    const { width, height } = image.getBoundingClientRect();
    return [new URL(image.currentSrc).pathname, width, height, image.alt];
  });

const HEADLINE = { css: "#headline", tag: "h1", text: content.headline };
const GREEN = "rgb(0, 90, 60)";
const RED = "rgb(160, 30, 30)";
const BLUE = "rgb(20, 40, 120)";

const CONTENT: Record<string, Case> = {
  text: {
    op: { op: "text", target: HEADLINE, value: "Your walks, kept for good" },
    looks: (page) => texts(page, "h1"),
    seen: [[content.headline], ["Your walks, kept for good"]],
  },
  attr: {
    op: { op: "attr", target: { css: ".gone", alt: ["#cta"] }, name: "href", value: "/thanks?v=2" },
    looks: (page) => page.locator(".hero > a").getAttribute("href"),
    seen: ["/thanks", "/thanks?v=2"],
  },
  image: {
    op: { op: "image", target: { css: "img#hero", tag: "img" }, src: "/tall.svg", alt: "A path" },
    looks: picture,
    seen: [
      ["/wide.svg", 600, 300, content.picture],
      ["/tall.svg", 600, 300, "A path"],
    ],
  },
};

const LOOKS: Record<string, Case> = {
  style: {
    op: { op: "style", target: { css: "#headline" }, set: { color: BLUE } },
    looks: (page) => css(page, "h1", "color"),
    seen: ["rgb(0, 0, 0)", BLUE],
  },
  class: {
    op: { op: "class", target: { css: "#cta", text: content.cta }, add: ["is-loud"] },
    looks: (page) => css(page, ".hero > a", "background-color"),
    seen: [GREEN, RED],
  },
  hide: {
    op: { op: "hide", target: { css: ".fine-print" } },
    looks: (page) => page.getByText(content.finePrint).isVisible(),
    seen: [true, false],
  },
  move: {
    op: { op: "move", target: { css: "#faq" }, to: { before: { css: "#pricing" } } },
    looks: async (page) => (await order(page, "main")).filter((name) => /pricing|faq/.test(name)),
    seen: [
      ["pricing", "faq"],
      ["faq", "pricing"],
    ],
  },
  insert: {
    op: {
      op: "insert",
      at: { before: { css: "#signup" } },
      node: { tag: "p", attrs: { class: "promise" }, children: [{ tag: "strong", text: "No card needed." }] },
    },
    looks: (page) => texts(page, "p.promise:has(+ #signup) > strong:only-child"),
    seen: [[], ["No card needed."]],
  },
};

/** Two patches, and two ways to take them back. */
const PATCHES = [
  { kind: "words and pictures", cases: CONTENT, takenBack: "forget()" },
  { kind: "looks and places", cases: LOOKS, takenBack: "consent(false)" },
] as const;

/** How long a change may take to be seen, in milliseconds. */
const PATIENCE_MS = 5000;
/** When the page must be seen for good, whatever the server does, in milliseconds since the navigation. */
const VISIBLE_MS = 400;
/** How long the snippet may hide what it will change; the timer that ends it may be late by a few frames. */
const MASK_MS = 400 + 250;
/**
 * How much layout shift may be ours: the sum over a visit with the patch, less that of a visit without the snippet.
 * Nothing is left out. What is hidden, moved and inserted lies below the first screen, where no shift counts.
 */
const SHIFT = 0.01;

const test = base.extend<{ start: (name: SiteName) => Promise<RunningSite> }>({
  context: async ({ context }, use) => {
    await openEyes(context);
    await use(context);
  },
  start: async ({}, use) => {
    const started: RunningSite[] = [];
    await use(async (name) => {
      started.push(await startSite(name));
      return started.at(-1)!;
    });
    await Promise.all(started.map((site) => site.stop()));
  },
});

const impressions = (site: Stub) => site.events().filter(({ type }) => type === "impression");

/** Until the site's own script has drawn or hydrated the page. */
const isAlive = (page: Page) => expect(page.locator("html")).toHaveAttribute("data-alive");

async function looksLike(page: Page, cases: Record<string, Case>, changed: boolean): Promise<void> {
  for (const [name, { looks, seen }] of Object.entries(cases)) {
    await test.step(`${name} ${changed ? "applied" : "as it was"}`, async () => {
      await expect.poll(() => looks(page), { message: name, timeout: PATIENCE_MS }).toEqual(seen[changed ? 1 : 0]);
    });
  }
}

/** One visit, until the snippet has said what it did. */
async function visit(page: Page, site: RunningSite, outcome: Record<string, number>): Promise<void> {
  const before = impressions(site).length;
  await page.goto(site.page);
  await isAlive(page);
  await expect.poll(() => impressions(site).length, "impressions").toBe(before + 1);
  expect(impressions(site).at(-1)?.metadata).toMatchObject(outcome);
}

/** The framework counts, shows and takes away, and draws everything anew. */
async function works(page: Page): Promise<void> {
  const walks = Number(await page.locator("#walks").innerText());
  for (const name of ["#add", "#toggle", "#add"]) await page.locator(name).click();
  await expect(page.locator("#walks")).toHaveText(String(walks + 2));
  await expect(page.locator("#details")).toHaveText(content.details);
  await page.locator("#toggle").click();
  await expect(page.locator("#details")).toHaveCount(0);
  await page.locator("#redraw").click();
}


const named = (outcome: string) => (Object.keys(EXPECTED) as SiteName[]).filter((name) => EXPECTED[name] === outcome);

for (const { kind, cases, takenBack } of PATCHES) {
  const ops = Object.values(cases).map(({ op }) => op);
  const all = { applied: ops.length, missed: 0 };

  for (const name of named("applied")) {
    test(`${name}: ${kind} are changed, and the site goes on working`, async ({ page, start }) => {
      const site = await start(name);
      await page.goto(site.bare);
      await isAlive(page);
      await looksLike(page, cases, false);
      const original = await documentOf(page);
      const { shift } = await seenOn(page);

      site.patch.ops = ops;
      for (const returning of [false, true]) {
        await test.step(returning ? "returning visit" : "first visit", async () => {
          await visit(page, site, all);
          await looksLike(page, cases, true);
          const eyes = await seenOn(page);
          expect(eyes.shift - shift, "layout shift").toBeLessThanOrEqual(SHIFT);
          expect(eyes.masked, "milliseconds out of sight").toBeLessThanOrEqual(MASK_MS);
          await works(page);
          await looksLike(page, cases, true);
        });
      }

      await page.goto(site.page);
      await looksLike(page, cases, true);
      await page.evaluate(`evoloop.${takenBack}`);
      await expect.poll(() => documentOf(page), { timeout: PATIENCE_MS }).toEqual(original);
      await works(page);
      await looksLike(page, cases, false);
    });
  }

  for (const name of named("missed")) {
    test(`${name}: ${kind} are reported as missed`, async ({ page, start }) => {
      const site = await start(name);
      await page.goto(site.bare);
      await isAlive(page);
      const original = await documentOf(page);
      site.patch.ops = ops;
      await visit(page, site, { applied: 0 });
      expect(impressions(site)[0]!.metadata!.missed).toBeGreaterThanOrEqual(1);
      expect(await documentOf(page)).toEqual(original);
      await works(page);
    });
  }
}

test("spa: another route is left alone, and whoever comes back sees the change again", async ({ page, start }) => {
  const site = await start("spa");
  site.patch.ops = Object.values(CONTENT).map(({ op }) => op);
  await visit(page, site, { applied: 3, missed: 0 });
  await looksLike(page, CONTENT, true);
  const goTo = async (link: string, headline: string) => {
    await page.getByRole("link", { name: link }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(headline);
  };
  await goTo("Team", "The team");
  await goTo("Terms", "The terms");
  await goTo("Home", "Your walks, kept for good");
  await looksLike(page, CONTENT, true);
  await goTo("Team", "The team");
  await page.goBack();
  await looksLike(page, CONTENT, true);
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The team");
});

test("ticker: a target that is drawn anew all the time is given up and reported", async ({ page, start }) => {
  const site = await start("ticker");
  site.patch.ops = [{ op: "text", target: { css: ".features li:nth-child(2)" }, value: "Finds every tree again" }];
  await visit(page, site, { applied: 1, missed: 0 });
  const gaveUp = () => site.events().filter(({ type, metadata }) => type === "guardrail" && metadata?.gave_up).length;
  await expect.poll(gaveUp).toBe(1);
  await expect.poll(() => texts(page, ".features li")).toEqual(content.features);
  await works(page);
});

/** Visits in a context of its own, where the snippet's file is known whatever becomes of the server. */
async function patientVisitor(context: BrowserContext, site: RunningSite): Promise<Page> {
  const script = await context.request.get(`${site.origin}/evoloop.js`);
  const body = await script.body();
  await context.route("**/evoloop.js", (route) => route.fulfill({ body, contentType: "text/javascript" }));
  await openEyes(context);
  return context.newPage();
}

/** The headline was never out of sight for longer than is allowed. */
async function wasSeenSoon(page: Page): Promise<void> {
  const { shown, hidden } = await seenOn(page);
  expect(shown, "first seen").toBeGreaterThan(0);
  expect(Math.max(shown, hidden), "seen for good").toBeLessThanOrEqual(VISIBLE_MS);
}

test.describe("with a server in trouble", () => {
  test.use({ allowed: [/net::ERR_/] });
  const cases = { ...CONTENT, ...LOOKS };

  for (const name of named("original")) {
    test(`${name}: nobody waits for the page`, async ({ newPerson, start }) => {
      const site = await start(name);
      site.patch.ops = Object.values(cases).map(({ op }) => op);
      const known = await patientVisitor(await newPerson(), site);
      await visit(known, site, { applied: 8, missed: 0 });
      const fresh = await patientVisitor(await newPerson(), site);
      await site.trouble();

      for (const [page, changed] of [[fresh, false], [known, true]] as const) {
        await test.step(changed ? "returning visit" : "first visit", async () => {
          const isAssign = (request: Request) => request.url().includes("/v1/assign");
          const settled = Promise.race([
            page.waitForEvent("requestfailed", isAssign),
            page.waitForEvent("requestfinished", isAssign),
          ]);
          await page.goto(site.page);
          await isAlive(page);
          await looksLike(page, cases, changed);
          await settled;
          await works(page);
          await looksLike(page, cases, changed);
          await wasSeenSoon(page);
        });
      }
      // The first visit before the trouble; with a slow server also the one that came back.
      await expect.poll(() => impressions(site).length).toBe(name === "slow" ? 2 : 1);
    });
  }
});
