// The snippet in real Chromium, against a stand-in for the server.

import { chromium, type Page } from "@playwright/test";
import { CHROMIUM, QUIET } from "./support/browser.ts";
import { expect, test as base } from "./support/fixtures.ts";
import { inGroups } from "./support/groups.ts";
import { startStub, type Stub } from "./support/stub.ts";

const test = base.extend<{ stub: Stub }>({
  stub: async ({}, use) => {
    const stub = await startStub();
    await use(stub);
    await stub.stop();
  },
});

const HTML = `<body><style>img { width: 100%; height: auto; display: block }</style>
  <h1>Old headline</h1><p class="lead">Old <!-- --> line</p>
  <a id="cta" class="cta" href="/thanks"><span>Buy</span></a>
  <div style="width: 400px"><img id="hero" src="/wide.svg" srcset="/wide.svg 2x" alt="Old"></div>
  <form id="signup" action="/thanks"><input name="email" type="email" required><button>Join</button></form>
  <p id="end">End</p></body>`;

const text = (css: string, value: string, extra: object = {}) => ({ op: "text", target: { css, ...extra }, value });
const headline = text("h1", "New headline", { tag: "h1", text: "Old headline" });
const goal = (type: string, detail: object = {}) => ({ id: `goal-${type}`, type, is_primary: type === "click", ...detail });
const kinds = (stub: Stub) => stub.events().map(({ type, goal_id }) => goal_id ?? type);
const heard = (stub: Stub, ...expected: string[]) => expect.poll(() => kinds(stub)).toEqual(expected);
const boxOf = (page: Page, css: string) =>
  page.locator(css).evaluate((element) => {
    const { width, height, top } = element.getBoundingClientRect();
    return [width, height, top];
  });

test("applies text, attributes and pictures, then acknowledges", async ({ page, stub }) => {
  stub.html = HTML;
  await page.goto(stub.page);
  await heard(stub, "impression");
  const before = [await boxOf(page, "#hero"), await boxOf(page, "#end")];

  stub.patch.ops = [
    headline,
    text(".lead", "New line", { text: "Old line" }),
    text("#cta", "Order now"),
    { op: "attr", target: { css: "#cta" }, name: "href", value: "/thanks?v=2" },
    { op: "attr", target: { css: ".gone", alt: ["input"] }, name: "placeholder", value: "you@work.example" },
    { op: "image", target: { css: "#hero", tag: "img" }, src: "/tall.svg", alt: "New" },
  ];
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New headline");
  await expect(page.locator(".lead")).toHaveText("New line");
  await expect(page.getByRole("link", { name: "Order now" })).toHaveAttribute("href", "/thanks?v=2");
  await expect(page.getByPlaceholder("you@work.example")).toBeVisible();
  await expect(page.locator("#cta span")).toHaveText("Order now");
  const hero = page.getByRole("img", { name: "New" });
  await expect(hero).toHaveJSProperty("currentSrc", `${stub.page}tall.svg`);
  await expect(hero).not.toHaveAttribute("srcset");
  await expect(hero).toHaveCSS("object-fit", "cover");
  await heard(stub, "impression", "impression");
  expect([await boxOf(page, "#hero"), await boxOf(page, "#end")]).toEqual(before);
  expect(stub.events().at(-1)?.metadata).toMatchObject({ applied: 6, missed: 0 });
  expect(await page.evaluate(() => Object.keys(window).filter((name) => /evoloop/i.test(name)))).toEqual(["evoloop"]);
});

test("a miss leaves the page alone and is reported", async ({ page, stub }) => {
  stub.html = HTML;
  stub.patch.ops = [headline, text(".gone", "New")];
  await page.goto(stub.page);
  await heard(stub, "impression");
  expect(stub.events()[0]?.metadata).toMatchObject({ applied: 0, missed: 1 });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old headline");
});

test.describe("with a picture that is not there", () => {
  test.use({ allowed: [/404.*gone\.svg/] });
  test("the whole patch is taken back", async ({ page, stub }) => {
    stub.html = HTML;
    stub.patch.ops = [headline, { op: "image", target: { css: "#hero" }, src: "/gone.svg" }];
    await page.goto(stub.page);
    await heard(stub, "impression");
    expect(stub.events()[0]?.metadata).toMatchObject({ applied: 0, missed: 1 });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old headline");
    await expect(page.locator("#hero")).toHaveAttribute("src", "/wide.svg");
    await expect(page.locator("#hero")).toHaveAttribute("srcset", "/wide.svg 2x");
  });
});

test("keeps a strict content security policy", async ({ page, stub }) => {
  stub.html = HTML.replace(/<style>.*<\/style>/, "").replace(' style="width: 400px"', "");
  stub.headers["content-security-policy"] =
    `default-src 'none'; img-src 'self'; script-src ${stub.origin}; connect-src ${stub.origin}; require-trusted-types-for 'script'`;
  stub.patch.ops = [headline, { op: "image", target: { css: "#hero" }, src: "/tall.svg" }];
  await page.goto(stub.page);
  await heard(stub, "impression");
  expect(stub.events()[0]?.metadata).toMatchObject({ applied: 2, missed: 0 });
});

test("a click that leaves the page converts, after the impression", async ({ page, stub }) => {
  stub.html = HTML;
  stub.goals = [goal("click", { selector: ".cta" })];
  await page.goto(stub.page);
  await expect.poll(() => stub.assigns.length).toBe(1);
  await page.waitForFunction(() => "evoloop" in window);
  await heard(stub, "impression");
  await page.getByRole("link", { name: "Buy" }).click();
  await page.waitForURL("**/thanks");
  await heard(stub, "impression", "goal-click", "impression");
});

test("forms, addresses and calls convert, each once", async ({ page, stub }) => {
  stub.html = `${HTML}<script>window.evoloop = { q: [["convert", "trial"]] }</script>`;
  stub.goals = [
    goal("click", { selector: ".cta" }),
    goal("form", { selector: "#signup" }),
    goal("url", { url_contains: "/step-2" }),
    goal("event", { event_name: "trial" }),
    goal("revenue", { event_name: "paid" }),
  ];
  await page.goto(stub.page);
  await heard(stub, "impression", "goal-event");
  await page.evaluate(() => history.pushState({}, "", "/step-2"));
  await heard(stub, "impression", "goal-event", "goal-url");
  await page.evaluate(() => {
    const { convert } = (window as unknown as { evoloop: { convert: (name: string, options?: object) => void } }).evoloop;
    convert("paid", { value: 19.5 });
    convert("paid", { value: 1 });
    convert("trial");
  });
  await heard(stub, "impression", "goal-event", "goal-url", "goal-revenue");
  expect(stub.events().at(-1)?.value).toBe(19.5);

  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("textbox").fill("a@b.example");
  await page.getByRole("button", { name: "Join" }).click();
  await page.waitForURL("**/thanks?email=*");
  await heard(stub, "impression", "goal-event", "goal-url", "goal-revenue", "goal-form", "impression", "goal-event");
});

test("an owner's flag leaves the address and goes along with every event", async ({ page, stub }) => {
  stub.html = HTML;
  stub.goals = [goal("click", { selector: ".cta" }), goal("url", { url_contains: "evo_owner" })];
  await page.goto(`${stub.page}?a=1&evo_owner=1800000000.flag#end`);
  await heard(stub, "impression");
  expect(page.url()).toBe(`${stub.page}?a=1&#end`);
  await page.getByRole("link", { name: "Buy" }).click();
  await page.waitForURL("**/thanks");
  await heard(stub, "impression", "goal-click", "impression");
  expect(new Set(stub.events().map(({ owner }) => owner))).toEqual(new Set(["1800000000.flag"]));
});

test("40 visitors are 40, and each keeps id and token", async ({ newPerson, stub }) => {
  test.setTimeout(180_000);
  stub.html = HTML;
  stub.patch.ops = [headline];
  stub.goals = [goal("click", { selector: ".cta" })];
  await inGroups(40, 5, async () => {
    const context = await newPerson();
    const page = await context.newPage();
    for (let visit = 0; visit < 2; visit += 1) {
      const acknowledged = page.waitForResponse((answer) => answer.url().endsWith("/v1/event"));
      await page.goto(stub.page);
      await acknowledged;
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("New headline");
    }
    await context.close();
  });
  const visitors = new Set(stub.assigns.map((query) => query.get("visitor_id")));
  expect(visitors.size).toBe(40);
  for (const visitor of visitors) {
    const events = stub.events().filter(({ visitor_id }) => visitor_id === visitor);
    const asked = stub.assigns.filter((query) => query.get("visitor_id") === visitor);
    expect(asked.map((query) => query.get("current"))).toEqual(["", events[0]?.token]);
    expect(new Set(events.map(({ token }) => token)).size).toBe(1);
  }
  expect(stub.events()).toHaveLength(80);
});

test.describe("with a server in trouble", () => {
  test.use({ allowed: [/net::ERR_|status of 503/] });

  test("a dead server leaves the page as it is", async ({ page, stub }) => {
    stub.html = HTML;
    stub.goals = [goal("click", { selector: ".cta" })];
    const script = await page.request.get(`${stub.origin}/evoloop.js`);
    await page.route("**/evoloop.js", async (route) => route.fulfill({ body: await script.body(), contentType: "text/javascript" }));
    await stub.kill();
    await page.goto(stub.page);
    await page.waitForFunction(() => "evoloop" in window);
    await page.evaluate(() => (window as unknown as { evoloop: { convert: () => void } }).evoloop.convert());
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old headline");
    await page.getByRole("link", { name: "Buy" }).click();
    await page.waitForURL("**/thanks");
  });

  test("a server that never answers leaves the page as it is", async ({ page, stub }) => {
    stub.html = HTML;
    stub.hangs = true;
    const givenUp = page.waitForEvent("requestfailed", (request) => request.url().includes("/v1/assign"));
    await page.goto(stub.page);
    await givenUp;
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old headline");
    expect(stub.batches).toEqual([]);
  });

  test("an event that is refused for now is sent again with the same id", async ({ page, stub }) => {
    stub.eventStatuses = [503, 503];
    await page.goto(stub.page);
    await expect.poll(() => stub.batches.length).toBe(3);
    expect(new Set(stub.batches.flat().map(({ id }) => id)).size).toBe(1);
  });
});

test("an automated browser sees the page as it is and is not heard", async ({ stub }) => {
  stub.patch.ops = [headline];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  try {
    const page = await browser.newPage();
    await page.goto(stub.page, { waitUntil: "networkidle" });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old headline");
    expect([stub.assigns, stub.batches]).toEqual([[], []]);
  } finally {
    await browser.close();
  }
});
