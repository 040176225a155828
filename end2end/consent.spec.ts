// What the snippet keeps and sends, and who decides: nothing before consent, nothing against a visitor's signal,
// nothing kept without storage, nothing left after `forget`.

import type { Page } from "@playwright/test";
import { expect, test as base } from "./support/fixtures.ts";
import { DERIVED_VISITOR, SITE, startStub, type Stub } from "./support/stub.ts";

const HTML = `<body><h1>Old headline</h1><button id="cta" type="button">Buy</button>`;
const NOTHING = { cookies: [], local: [], session: [], databases: [] };

interface Api {
  consent(given: boolean): void;
  convert(): void;
  forget(): void;
}
type WithApi = Window & { evoloop: Api };

const test = base.extend<{ stub: Stub; sent: string[] }>({
  stub: async ({}, use) => {
    const stub = await startStub();
    stub.html = HTML;
    stub.patch.ops = [{ op: "text", target: { css: "h1" }, value: "New headline" }];
    stub.goals = [{ id: "goal-click", type: "click", selector: "#cta", is_primary: true }];
    await use(stub);
    await stub.stop();
  },
  // Paths of all requests but those for the page itself, in order.
  sent: async ({ context, stub }, use) => {
    const sent: string[] = [];
    context.on("request", (request) => {
      const { href, pathname } = new URL(request.url());
      if (!href.startsWith(stub.page)) sent.push(pathname);
    });
    await use(sent);
  },
});

/** Everything that the browser keeps for the page. */
async function kept(page: Page) {
  const inPage = await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }));
  return { cookies: (await page.context().cookies()).map(({ name }) => name), ...inPage };
}

/** A visit that gives the snippet every occasion to speak. */
async function visitAndClick(page: Page, stub: Stub): Promise<void> {
  await page.goto(stub.page);
  await page.waitForFunction(() => "evoloop" in window);
  await page.locator("#cta").click();
  await page.evaluate(() => (window as unknown as WithApi).evoloop.convert());
  await page.evaluate(() => history.pushState({}, "", "/?step=2"));
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.reload({ waitUntil: "networkidle" });
}

const consent = (page: Page, given: boolean) =>
  page.evaluate((answer) => (window as unknown as WithApi).evoloop.consent(answer), given);
const types = (stub: Stub) => stub.events().map(({ type }) => type);
const headline = (page: Page) => page.getByRole("heading", { level: 1 });

test("nothing is kept or sent before consent, and all works after it", async ({ page, stub, sent }) => {
  stub.attributes = `data-consent="required"`;
  await visitAndClick(page, stub);
  expect(await kept(page)).toEqual(NOTHING);
  expect(sent).toEqual(["/evoloop.js", "/evoloop.js"]);
  await expect(headline(page)).toHaveText("Old headline");

  await consent(page, true);
  await expect(headline(page)).toHaveText("New headline");
  await expect.poll(() => types(stub)).toEqual(["impression"]);
  await page.locator("#cta").click();
  await expect.poll(() => types(stub)).toEqual(["impression", "conversion"]);
  expect((await kept(page)).local).not.toEqual([]);

  await consent(page, false);
  await expect(headline(page)).toHaveText("Old headline");
  expect(await kept(page)).toEqual(NOTHING);
});

test("consent that is refused is no consent", async ({ page, stub, sent }) => {
  stub.attributes = `data-consent="required"`;
  await page.goto(stub.page);
  await page.waitForFunction(() => "evoloop" in window);
  await consent(page, false);
  await page.locator("#cta").click();
  await page.reload({ waitUntil: "networkidle" });
  expect(await kept(page)).toEqual(NOTHING);
  expect(sent).toEqual(["/evoloop.js", "/evoloop.js"]);
});

const SIGNALS: { respect: string | null; gpc?: boolean; dnt?: string; heard: boolean }[] = [
  { respect: null, gpc: true, dnt: "1", heard: true },
  { respect: "gpc", gpc: true, heard: false },
  { respect: "gpc", dnt: "1", heard: true },
  { respect: "dnt", dnt: "1", heard: false },
  { respect: "dnt", gpc: true, heard: true },
  { respect: "gpc dnt", dnt: "1", heard: false },
  { respect: "gpc dnt", gpc: true, heard: false },
  { respect: "gpc dnt", gpc: false, dnt: "0", heard: true },
];

for (const { respect, gpc, dnt, heard } of SIGNALS) {
  const signals = [gpc ? "GPC" : "", dnt === "1" ? "DNT" : ""].filter(Boolean).join(" and ") || "no signal";
  test(`a site that respects ${respect ?? "nothing"} ${heard ? "hears" : "does not hear"} a visitor with ${signals}`, async ({ page, stub, sent }) => {
    if (respect) stub.attributes = `data-respect="${respect}"`;
    await page.addInitScript((values) => {
      for (const [name, value] of Object.entries(values)) {
        Object.defineProperty(Navigator.prototype, name, { get: () => value, configurable: true });
      }
    }, { globalPrivacyControl: gpc, doNotTrack: dnt ?? null });
    await visitAndClick(page, stub);
    if (heard) {
      await expect(headline(page)).toHaveText("New headline");
      await expect.poll(() => new Set(types(stub))).toEqual(new Set(["impression", "conversion"]));
    } else {
      await expect(headline(page)).toHaveText("Old headline");
      expect(await kept(page)).toEqual(NOTHING);
      expect(sent).toEqual(["/evoloop.js", "/evoloop.js"]);
    }
  });
}

test("without storage the server says who it is, and nothing is kept", async ({ page, stub }) => {
  stub.attributes = "data-stateless";
  await page.goto(stub.page);
  await expect(headline(page)).toHaveText("New headline");
  await expect.poll(() => types(stub)).toEqual(["impression"]);
  await page.locator("#cta").click();
  await expect.poll(() => types(stub)).toEqual(["impression", "conversion"]);
  await page.reload({ waitUntil: "networkidle" });
  expect(await kept(page)).toEqual(NOTHING);
  expect(stub.assigns.map((query) => [query.get("stateless"), query.get("visitor_id"), query.get("current")])).toEqual([
    ["1", "", ""],
    ["1", "", ""],
  ]);
  expect(new Set(stub.events().map(({ visitor_id }) => visitor_id))).toEqual(new Set([DERIVED_VISITOR]));
});

test("who wants to be forgotten leaves nothing behind and is not heard again", async ({ page, stub }) => {
  await page.goto(stub.page);
  await expect(headline(page)).toHaveText("New headline");
  await expect.poll(() => types(stub)).toEqual(["impression"]);
  expect((await kept(page)).local).not.toEqual([]);
  const [{ visitor_id, token }] = stub.events() as [Stub["taken"][number]];

  await page.evaluate(() => (window as unknown as WithApi).evoloop.forget());
  await expect.poll(() => stub.forgotten).toEqual([{ site_id: SITE, visitor_id, token }]);
  await expect(headline(page)).toHaveText("Old headline");
  await page.locator("#cta").click();
  await page.evaluate(() => (window as unknown as WithApi).evoloop.convert());
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  expect(await kept(page)).toEqual(NOTHING);
  await page.goto("about:blank");
  expect(types(stub)).toEqual(["impression"]);
});

test("what was on its way when a visitor was forgotten brings nothing back", async ({ page, stub }) => {
  await page.goto(stub.page);
  await expect.poll(() => types(stub)).toEqual(["impression"]);
  stub.slowness = 500;
  // The last of the answers.
  const answered = page.waitForEvent("requestfinished", (request) => request.url().endsWith("/v1/forget"));
  await page.locator("#cta").click();
  await expect.poll(() => types(stub)).toEqual(["impression", "conversion"]);
  await page.evaluate(() => (window as unknown as WithApi).evoloop.forget());
  await answered;
  expect(await kept(page)).toEqual(NOTHING);
});

test("the page sees one global name, and one server hears from it", async ({ page, context, stub }) => {
  const origins = new Set<string>();
  context.on("request", (request) => origins.add(new URL(request.url()).origin));
  await page.goto(stub.page);
  await expect.poll(() => types(stub)).toEqual(["impression"]);
  const names = await page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement("iframe"));
    const standard = new Set(Object.getOwnPropertyNames(frame.contentWindow!));
    return Object.getOwnPropertyNames(window).filter((name) => !standard.has(name) && !/^\d+$/.test(name));
  });
  expect(names.filter((name) => !name.startsWith("__playwright"))).toEqual(["evoloop"]);
  expect([...origins].sort()).toEqual([new URL(stub.page).origin, stub.origin].sort());
});
