// A visitor who comes back sees at once what was assigned, while the server is asked again.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Assignment, Op } from "../src/wire.js";
import { HTML, SITE, VARIANT, World, assignment, goal, settle, type Answer } from "./harness.js";

const headline: Op = { op: "text", target: { css: "h1" }, value: "New headline" };
const other: Assignment = {
  ...assignment([{ op: "text", target: { css: "h1" }, value: "Other headline" }], [goal({ type: "click", selector: ".cta", is_primary: true })]),
  variant_id: "other",
  token: "v1.2.other",
};
const click = goal({ type: "click", selector: ".cta", is_primary: true });
const mine = assignment([headline], [click]);
const MASK = ":is(h1):not(:focus-within){visibility:hidden!important}";
const kinds = (world: World) => world.sent.map(({ type, goal_id }) => goal_id ?? type);

/** A second page view, whose answer comes when the test says so. */
async function back(html = HTML, prepare: (world: World) => unknown = () => 0) {
  const first = new World();
  first.onAssign = () => ({ body: mine });
  await first.load();
  const world = first.next(html);
  let give: (answer: Answer | Promise<Answer>) => void = () => {};
  world.onAssign = () => new Promise((done) => (give = done));
  await settle(); // The document is read to its end.
  prepare(world);
  world.start();
  await settle();
  return { first, world, answer: (answer: Answer | Promise<Answer>) => (give(answer), settle()) };
}

test("is shown what was assigned before anybody answers, and told of afterwards", async () => {
  const { first, world, answer } = await back();
  assert.equal(world.text("h1"), "New headline");
  assert.equal(world.page.evoloop!.variant(), VARIANT);
  await world.advance(1000);
  assert.equal(world.sent.length, 0);
  const asked = world.assigns[0]!.searchParams;
  assert.deepEqual([asked.get("current"), asked.get("visitor_id")], [mine.token, first.sent[0]!.visitor_id]);
  await answer({ body: mine });
  await world.advance(100);
  assert.deepEqual([kinds(world), world.text("h1"), world.sent[0]!.metadata!["ms"]], [["impression"], "New headline", 0]);
});

test("is told of with the token that the server gave last", async () => {
  const { world, answer } = await back();
  await answer({ body: { ...mine, token: "v1.9.renewed" } });
  await world.advance(100);
  assert.deepEqual(world.sent.map(({ token }) => token), ["v1.9.renewed"]);
});

test("moves when the server says so, and counts for the new variant only", async () => {
  const { world, answer } = await back();
  world.click("#cta");
  await answer({ body: other });
  await world.advance(100);
  assert.deepEqual([world.text("h1"), world.page.evoloop!.variant()], ["Other headline", "other"]);
  assert.deepEqual(world.sent.map(({ type, variant_id, token }) => [type, variant_id, token]), [
    ["impression", "other", other.token],
    ["conversion", "other", other.token],
  ]);
  const third = world.next();
  third.onAssign = () => new Promise(() => {});
  third.start();
  await settle();
  assert.equal(third.text("h1"), "Other headline");
});

const GONE: [name: string, answer: Answer][] = [
  ["the site is paused", { body: { ...assignment(), token: null } }],
  ["the site is unknown", { status: 404 }],
  ["the site is gone", { status: 404 }],
];
for (const [name, given] of GONE) {
  test(`sees the page as it was when ${name}, for good`, async () => {
    const { world, answer } = await back();
    const heard: string[] = [];
    for (const name of ["applied", "missed", "reverted"] as const) world.page.evoloop!.on(name, () => heard.push(name));
    world.click("#cta");
    await answer(given);
    assert.deepEqual(heard, ["applied", "reverted"]);
    world.page.history.pushState(null, "", "/b");
    await world.advance(10_000);
    world.leave();
    assert.deepEqual([world.text("h1"), world.sent, world.beacons, world.errors], ["Old headline", [], [], []]);
    const third = world.next();
    third.onAssign = () => new Promise(() => {});
    third.start();
    await settle();
    assert.deepEqual([third.text("h1"), third.rules], ["Old headline", ""]);
  });
}

const DOWN: [name: string, answer: () => Answer | Promise<Answer>][] = [
  ["the server is down", () => Promise.reject(new TypeError("network"))],
  ["the server fails", () => ({ status: 503 })],
  ["the server has too much to do", () => ({ status: 429 })],
];
for (const [name, given] of DOWN) {
  test(`keeps the variant when ${name}, and what happened is told later`, async () => {
    const { world, answer } = await back();
    world.onEvents = () => Promise.reject(new TypeError("network"));
    await answer(given());
    world.click("#cta");
    await world.advance(1000);
    assert.equal(world.text("h1"), "New headline");
    world.leave();
    const third = world.next();
    third.onAssign = () => ({ body: mine });
    await third.load();
    assert.deepEqual([third.text("h1"), kinds(third)], ["New headline", ["impression", "goal-click", "impression"]]);
  });
}

test("keeps the variant when nobody answers within two seconds", async () => {
  const { world } = await back();
  await world.advance(2100);
  assert.deepEqual([world.text("h1"), kinds(world)], ["New headline", ["impression"]]);
});

test("who leaves before the server answered is counted, conversions last", async () => {
  const { world } = await back();
  world.click("#cta");
  world.leave();
  world.hide();
  assert.deepEqual(world.beacons.map((batch) => batch.map(({ type }) => type)), [["impression", "conversion"]]);
  assert.deepEqual(world.beacons[0]!.map(({ token }) => token), [mine.token, mine.token]);
});

test("who looked away before another variant was assigned is counted for both", async () => {
  const { world, answer } = await back();
  world.hide();
  await answer({ body: other });
  world.turn("visible");
  world.page.evoloop!.convert();
  await world.advance(100);
  assert.deepEqual(world.sent.map(({ type, variant_id }) => [type, variant_id]), [["impression", VARIANT], ["impression", "other"], ["conversion", "other"]]);
});

test("of the control, counts by the targets of now", async () => {
  const control = (css: string): Assignment => ({ ...assignment([], [click]), targets: [{ css }] });
  const first = new World();
  first.onAssign = () => ({ body: control(".gone") });
  await first.load();
  const world = first.next();
  world.onAssign = () => ({ body: control("h1") });
  await world.load();
  assert.deepEqual(world.sent.map(({ type, metadata }) => [type, metadata!["missed"]]), [["impression", 0]]);
});

test("two tabs are one visitor", async () => {
  const { first, world, answer } = await back();
  await answer({ body: mine });
  await world.advance(100);
  assert.equal(world.sent[0]!.visitor_id, first.sent[0]!.visitor_id);
});

test("what is about to change is out of sight until it has changed", async () => {
  const { world } = await back(HTML, (world) => Object.defineProperty(world.page.document, "readyState", { value: "loading", configurable: true }));
  assert.equal(world.rules, MASK);
  await world.advance(200);
  assert.deepEqual([world.rules, world.text("h1")], [MASK, "Old headline"]);
  Object.defineProperty(world.page.document, "readyState", { value: "complete" });
  world.page.document.dispatchEvent(new world.page.Event("DOMContentLoaded"));
  await settle();
  assert.deepEqual([world.rules, world.text("h1")], ["", "New headline"]);
});

test("what is late to change is in sight after 400 ms", async () => {
  const { world, answer } = await back("<p>x</p>");
  await answer({ body: mine });
  await world.advance(399);
  assert.equal(world.rules, MASK);
  await world.advance(1);
  assert.equal(world.rules, "");
  world.isPainted = true;
  await world.advance(20);
  world.find("p").outerHTML = "<h1>Late</h1>";
  await world.advance(100);
  assert.equal(world.text("h1"), "New headline");
  assert.equal(world.sent[0]!.metadata!["painted_before_apply"], true);
});

test("what was out of sight was not painted before", async () => {
  const { world, answer } = await back("<p>x</p>");
  await answer({ body: mine });
  world.isPainted = true;
  await world.advance(200);
  world.find("p").outerHTML = "<h1>Late</h1>";
  await world.advance(100);
  assert.equal(world.sent[0]!.metadata!["painted_before_apply"], false);
});

test("nothing is out of sight for a first visit, for the control, or once the site is gone", async () => {
  const first = new World();
  first.start();
  assert.equal(first.rules, "");
  await first.advance(100);
  const control = first.next();
  control.start();
  assert.equal(control.rules, "");

  const { world, answer } = await back("<p>x</p>");
  await answer({ status: 404 });
  assert.equal(world.rules, "");
});

test("a site that wants no flicker at all hides the page, for 400 ms at most", async () => {
  const html = ":is(html):not(:focus-within){visibility:hidden!important}";
  for (const isAnswered of [true, false]) {
    const world = new World();
    let give = () => {};
    world.onAssign = () => new Promise((done) => (give = () => done({ body: mine })));
    world.start({ "data-site": SITE, "data-block": "" });
    assert.equal(world.rules, html);
    await world.advance(100);
    assert.equal(world.rules, html);
    if (isAnswered) give();
    await world.advance(isAnswered ? 0 : 300);
    assert.deepEqual([world.rules, world.text("h1")], ["", isAnswered ? "New headline" : "Old headline"]);
  }
});

test("a page that blocks is shown when there is nobody to ask", async () => {
  for (const answer of [() => Promise.reject(new TypeError("network")), () => ({ status: 404 }), () => ({ body: { ...assignment(), token: null } })]) {
    const world = new World();
    world.onAssign = answer;
    world.start({ "data-site": SITE, "data-block": "" });
    await settle();
    assert.equal(world.rules, "");
  }
});

test("what was kept and cannot be used costs one visit at most", async () => {
  for (const broken of [{ patch: { v: 1, ops: 3 } }, { patch: { v: 1, ops: [{ op: "text" }] }, goals: [] }, { ...mine, goals: 3 }]) {
    const { world } = await back(HTML, ({ page }) => page.localStorage.setItem(`evoloop_${SITE}`, JSON.stringify({ visitor: "u", assignment: broken })));
    await world.advance(10_000);
    assert.deepEqual([world.text("h1"), world.errors], ["Old headline", []], JSON.stringify(broken));
    const third = world.next();
    third.onAssign = () => ({ body: mine });
    await third.load();
    assert.deepEqual([third.text("h1"), kinds(third)], ["New headline", ["impression"]], JSON.stringify(broken));
  }
});

test("a server that has put the variant into the page is not asked for it twice", async () => {
  const served = HTML.replace("<h1>Old", `<h1 data-evo="0">New`).replace("</html>", `</html><!--evoloop ${VARIANT} 1-->`);
  const world = new World(served);
  world.onAssign = () => ({ body: mine });
  const before = world.html;
  world.start();
  await world.advance(100);
  assert.deepEqual([world.html.replace(/<script.*?<\/script>/, ""), kinds(world)], [before, ["impression"]]);
  assert.deepEqual([world.sent[0]!.metadata!["applied"], world.sent[0]!.metadata!["missed"]], [1, 0]);
});
