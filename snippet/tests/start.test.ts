import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evoloop } from "../src/api.js";
import type { Op } from "../src/wire.js";
import { SITE, VARIANT, World, assignment, goal, settle } from "./harness.js";

const headline: Op = { op: "text", target: { css: "h1", tag: "h1", text: "Old headline" }, value: "New headline" };
const click = goal({ type: "click", selector: ".cta", is_primary: true });
const kinds = (world: World) => world.sent.map(({ type, goal_id }) => (goal_id ? `${type} ${goal_id}` : type));

test("assigns, applies and acknowledges", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline], [click]) });
  await world.load();
  assert.equal(world.text("h1"), "New headline");
  const asked = world.assigns[0]!;
  assert.equal(`${asked.origin}${asked.pathname}`, "https://loop.example/v1/assign");
  assert.equal(asked.searchParams.get("site_id"), SITE);
  assert.equal(asked.searchParams.get("current"), "");
  const [impression, ...others] = world.sent;
  assert.deepEqual(others, []);
  assert.ok(impression);
  const { id, metadata, ...rest } = impression;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([metadata?.applied, metadata?.missed, Number.isInteger(metadata?.ms)], [1, 0, true]);
  assert.deepEqual(rest, {
    site_id: SITE,
    variant_id: VARIANT,
    visitor_id: asked.searchParams.get("visitor_id"),
    type: "impression",
    token: "v1.1.1.h.mac",
  });
});

test("the control is acknowledged too", async () => {
  const world = await new World().load();
  assert.deepEqual([world.sent[0]?.metadata?.applied, world.sent[0]?.metadata?.missed], [0, 0]);
});

test("a miss is reported and nothing is changed", async () => {
  const world = new World(`<h1>Another headline</h1>`);
  world.onAssign = () => ({ body: assignment([headline]) });
  await world.load();
  assert.equal(world.sent.length, 0);
  await world.advance(5000);
  assert.equal(world.text("h1"), "Another headline");
  assert.deepEqual([world.sent[0]?.metadata?.applied, world.sent[0]?.metadata?.missed], [0, 1]);
});

test("the next page view sends the same visitor and the kept token", async () => {
  const first = await new World().load();
  const second = await first.next().load();
  const asked = second.assigns[0]!.searchParams;
  assert.equal(asked.get("visitor_id"), first.assigns[0]!.searchParams.get("visitor_id"));
  assert.equal(asked.get("current"), "v1.1.1.h.mac");
});

test("a conversion goes after the impression, once for each goal of a page view", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline], [click]) });
  await world.load();
  world.click("#cta");
  world.click("#cta");
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "conversion goal-click"]);

  // The server counts it once for each visitor, and may not have counted the first.
  const next = world.next();
  next.onAssign = world.onAssign;
  await next.load();
  next.click("#cta");
  await next.advance(100);
  assert.deepEqual(kinds(next), ["impression", "conversion goal-click"]);
});

test("an address goal on load still goes after the impression", async () => {
  const world = new World("<h1>Thanks</h1>", "https://shop.example/thanks");
  world.onAssign = () => ({ body: assignment([], [goal({ type: "url", url_contains: "/thanks" })]) });
  await world.load();
  assert.deepEqual(kinds(world), ["impression", "conversion goal-url"]);
});

test("the page converts by name and by value", async () => {
  const world = new World();
  const goals = [click, goal({ type: "event", event_name: "trial" }), goal({ type: "revenue", event_name: "paid" })];
  world.onAssign = () => ({ body: assignment([], goals) });
  await world.load();
  world.page.evoloop!.convert();
  world.page.evoloop!.convert("trial");
  world.page.evoloop!.convert("paid", { value: 19.5 });
  world.page.evoloop!.convert("unknown");
  world.page.evoloop!.convert("paid", { value: Number.NaN });
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "conversion goal-click", "conversion goal-event", "conversion goal-revenue"]);
  assert.deepEqual(world.sent.map(({ value }) => value), [undefined, null, null, 19.5]);
});

test("calls made before the snippet or its assignment are honoured", async () => {
  const world = new World();
  world.page.evoloop = { q: [["convert", "trial"], ["convert", "paid", { value: 5 }]] } as unknown as Evoloop;
  const goals = [click, goal({ type: "event", event_name: "trial" }), goal({ type: "revenue", event_name: "paid" })];
  world.onAssign = () => ({ body: assignment([], goals) });
  world.start();
  world.page.evoloop!.convert();
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "conversion goal-event", "conversion goal-revenue", "conversion goal-click"]);
  assert.equal(world.sent[2]!.value, 5);
});

test("calls that mean nothing stop nothing, and calls may go the same way later", async () => {
  const world = new World();
  const { log } = { log: [] as string[] };
  const calls = [["trial"], ["q"], ["running"], [], null, ["on", "applied", () => log.push("applied")], ["on", "missed", 3]];
  world.page.evoloop = { q: calls } as unknown as Evoloop;
  world.onAssign = () => ({ body: assignment([], [click, goal({ type: "event", event_name: "trial" })]) });
  await world.load();
  world.page.evoloop.q!.push(["convert", "trial"]);
  world.page.evoloop.q!.push(["nonsense"] as never);
  await world.advance(100);
  assert.deepEqual([kinds(world), log, world.errors], [["impression", "conversion goal-event"], ["applied"], []]);
});

test("the page hears what becomes of the patch, also when it asks late", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline]) });
  world.start();
  const heard: unknown[] = [];
  const listen = () =>
    (["applied", "missed", "reverted", "gave_up"] as const).forEach((name) =>
      world.page.evoloop!.on(name, (detail) => heard.push([name, (detail as { variant?: string })?.variant])),
    );
  world.page.evoloop!.on("applied", () => {
    throw new Error("theirs");
  });
  listen();
  assert.equal(world.page.evoloop!.variant(), undefined);
  await world.advance(100);
  assert.equal(world.page.evoloop!.variant(), VARIANT);
  listen();
  world.page.evoloop!.forget();
  assert.deepEqual(heard, [["applied", VARIANT], ["applied", VARIANT], ["reverted", undefined], ["reverted", undefined]]);
  assert.equal(world.page.evoloop!.variant(), undefined);
  assert.deepEqual(world.errors, []);
});

test("a page that navigates at once still reports", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline], [click]) });
  world.start();
  await settle();
  world.click("#cta");
  world.leave();
  assert.deepEqual(world.beacons[0]?.map(({ type }) => type), ["impression", "conversion"]);
});

test("waits for the document, and counts nobody on a page loaded ahead until it is shown", async () => {
  const world = new World();
  const { document } = world.page;
  // The document's own end is over.
  await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  const state = (name: string, value: unknown) => Object.defineProperty(document, name, { value, configurable: true });
  state("readyState", "loading");
  state("prerendering", true);
  world.hide();
  world.onAssign = () => ({ body: assignment([headline]) });
  await world.load();
  assert.deepEqual([world.assigns.length, world.text("h1")], [1, "Old headline"]);
  document.dispatchEvent(new world.page.Event("DOMContentLoaded"));
  await world.advance(100);
  assert.deepEqual([world.text("h1"), world.sent], ["New headline", []]);
  state("prerendering", false);
  world.turn("visible");
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression"]);
});

test("a tab that nobody looked at is patched, and counts nobody until it is shown", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline], [click]) });
  world.hide();
  await world.load();
  assert.equal(world.text("h1"), "New headline");
  world.page.evoloop!.convert();
  world.hide();
  await world.advance(60_000);
  world.leave();
  assert.deepEqual([world.sent, world.beacons], [[], []]);
  world.turn("visible");
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "conversion goal-click"]);
  world.turn("hidden");
  world.turn("visible");
  await world.advance(100);
  assert.equal(world.sent.length, 2);
});

test("a page that was seen and then left before its patch came is acknowledged", async () => {
  const world = new World();
  let answer = () => {};
  world.onAssign = () => new Promise((done) => (answer = () => done({ body: assignment([headline]) })));
  world.start();
  await settle();
  world.hide();
  answer();
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression"]);
});

const faults: [string, (world: World) => void][] = [
  ["the server is dead", (world) => (world.onAssign = () => Promise.reject(new TypeError("network")))],
  ["the server answers an error", (world) => (world.onAssign = () => ({ status: 500 }))],
  ["the site is unknown", (world) => (world.onAssign = () => ({ status: 404 }))],
  ["the answer is not what it should be", (world) => (world.onAssign = () => ({ body: null }))],
  ["the answer has no token", (world) => (world.onAssign = () => ({ body: {} }))],
  ["the site is paused", (world) => (world.onAssign = () => ({ body: { ...assignment([]), token: null } }))],
  ["there is no crypto", (world) => Object.defineProperty(world.page, "crypto", { value: undefined })],
  ["there is no fetch", (world) => Object.defineProperty(world.page, "fetch", { value: undefined })],
];
for (const [name, fault] of faults) {
  test(`fails open when ${name}`, async () => {
    const world = new World();
    fault(world);
    await world.load();
    world.page.evoloop!.convert();
    world.click("#cta");
    await world.advance(60_000);
    world.page.history.pushState(null, "", "/elsewhere");
    world.leave();
    await world.advance(60_000);
    assert.equal(world.text("h1"), "Old headline");
    assert.deepEqual([world.sent, world.beacons, world.errors], [[], [], []]);
    // And the next page view is as good as any.
    const next = world.next();
    next.onAssign = () => ({ body: assignment([headline]) });
    await next.load();
    assert.deepEqual([next.text("h1"), kinds(next)], ["New headline", ["impression"]]);
  });
}

test("an assignment that takes longer than two seconds changes nothing", async () => {
  const world = new World();
  let answer = () => {};
  world.onAssign = () => new Promise((done) => (answer = () => done({ body: assignment([headline]) })));
  world.start();
  await world.advance(2000);
  answer();
  await world.advance(1000);
  assert.equal(world.text("h1"), "Old headline");
  assert.deepEqual([world.sent, world.errors], [[], []]);
});

test("automated browsers see the page as it is and are not heard", async () => {
  const world = new World();
  Object.defineProperty(world.page.navigator, "webdriver", { value: true });
  await world.load();
  world.page.evoloop!.convert();
  await world.advance(1000);
  assert.deepEqual([world.assigns, world.sent], [[], []]);
});

test("a script without its site does nothing", async () => {
  const world = new World();
  world.start({});
  await world.advance(1000);
  world.page.evoloop!.convert();
  assert.deepEqual([world.assigns, world.errors], [[], []]);
});

test("a second script element changes nothing", async () => {
  const world = await new World().load();
  const first = world.page.evoloop;
  world.start();
  await world.advance(1000);
  assert.equal(world.page.evoloop, first);
  assert.equal(world.assigns.length, 1);
});

test("errors inside never reach the page", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([], [click]) });
  await world.load();
  Object.defineProperty(world.page, "crypto", { value: undefined });
  world.page.evoloop!.convert();
  Object.defineProperty(world.page, "evoloop", {
    get: () => {
      throw new Error("taken");
    },
  });
  world.start();
  assert.deepEqual(world.errors, []);
});
