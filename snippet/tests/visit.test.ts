// What a visit reports, and what comes of a page that makes it difficult.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Op } from "../src/wire.js";
import { World, assignment, goal } from "./harness.js";

const headline: Op = { op: "text", target: { css: "h1", tag: "h1", text: "Old headline" }, value: "New headline" };
const click = goal({ type: "click", selector: ".cta", is_primary: true });
const kinds = (world: World) => world.sent.map(({ type, goal_id }) => (goal_id ? `${type} ${goal_id}` : type));

test("an answer that nobody can use is not shown again", async () => {
  for (const part of [{ patch: null }, { patch: "x" }, { targets: 3 }]) {
    const world = new World();
    world.onAssign = () => ({ body: { ...assignment([headline]), ...part } });
    await world.load();
    await world.advance(10_000);
    assert.deepEqual([world.text("h1"), world.errors], ["Old headline", []], JSON.stringify(part));
    const next = world.next();
    next.onAssign = () => ({ body: { ...assignment([headline]), variant_id: "another" } });
    await next.load();
    assert.equal(next.text("h1"), "New headline", JSON.stringify(part));
  }
});

test("paths can be other ones", async () => {
  const world = new World();
  const paths = { "data-assign": "/x/assign-a", "data-event": "/x/e", "data-forget": "/x/forget-f" };
  await world.load(paths);
  world.page.evoloop!.forget();
  assert.deepEqual([world.assigns[0]!.pathname, world.eventUrls, world.forgets.length], ["/x/assign-a", ["https://loop.example/x/e"], 1]);
});

test("an operation that comes into the page late is a miss no more", async () => {
  const world = new World("<p>x</p>");
  world.onAssign = () => ({ body: assignment([{ op: "text", target: { css: "h1" }, value: "New" }], [click]) });
  await world.load();
  await world.advance(5000);
  world.page.evoloop!.convert();
  world.find("p").outerHTML = "<h1>Late</h1>";
  await world.advance(1000);
  assert.deepEqual([kinds(world), world.text("h1")], [["impression"], "Late"]);
  world.page.history.pushState(null, "", "/other");
  await world.advance(1000);
  assert.deepEqual([kinds(world), world.text("h1")], [["impression", "impression", "conversion goal-click"], "New"]);
  assert.deepEqual(world.sent.map(({ metadata }) => metadata?.missed), [1, 0, undefined]);
});

test("an address goal of a page that goes there itself counts", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([], [goal({ type: "url", url_contains: "/thanks" })]) });
  await world.load();
  for (const to of ["/cart", "/thanks", "/cart", "/thanks"]) world.page.history.pushState(null, "", to);
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "conversion goal-url"]);
});

test("says whether the page was painted before it was changed", async () => {
  for (const isPainted of [true, false]) {
    const world = new World();
    world.isPainted = isPainted;
    await world.load();
    assert.equal(world.sent[0]!.metadata!["painted_before_apply"], isPainted);
  }
});

test("how the page fares is told once, as the visitor leaves, for a share of the visits", async () => {
  const world = new World();
  await world.load({ "data-vitals": "1" });
  world.page.dispatchEvent(new world.page.Event("error"));
  world.measure("largest-contentful-paint", { startTime: 1200 });
  world.measure("layout-shift", { startTime: 100, value: 0.25 });
  world.measure("event", { duration: 180, interactionId: 1 });
  assert.deepEqual(kinds(world), ["impression"]);
  world.hide();
  world.turn("visible");
  world.leave();
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "guardrail"]);
  const { metadata, token } = world.sent[1]!;
  assert.deepEqual(metadata, { errors: 1, lcp: 1200, cls: 0.25, inp: 180, reapplied: 0, gave_up: false });
  assert.equal(token, "v1.1.1.h.mac");

  const other = await new World().load({ "data-vitals": "0" });
  other.leave();
  await other.advance(1000);
  assert.deepEqual(kinds(other), ["impression"]);

  let told = 0;
  for (let visit = 0; visit < 200; visit += 1) {
    const some = await new World("<p>x</p>").load({ "data-vitals": "0.3" });
    some.leave();
    told += +(some.beacons[0]?.length === 1);
  }
  assert.ok(told > 25 && told < 105, `${told} of 200`);
});

test("a page that fights is given up, and that is told", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline], [click]) });
  await world.load();
  const heard: string[] = [];
  world.page.evoloop!.on("gave_up", () => heard.push("gave_up"));
  for (let time = 0; time < 25; time += 1) {
    world.find("h1").textContent = "Old headline";
    await world.advance(100);
  }
  assert.deepEqual([kinds(world), heard, world.text("h1")], [["impression", "guardrail"], ["gave_up"], "Old headline"]);
  assert.deepEqual(world.sent[1]!.metadata, { reapplied: 21, gave_up: true });
  world.page.history.pushState(null, "", "/b");
  await world.advance(10_000);
  world.leave();
  await world.advance(1000);
  assert.deepEqual([world.text("h1"), kinds(world).length], ["Old headline", 2]);
});

test("events that the server did not hear of go with the next page view", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([], [click]) });
  world.onEvents = () => Promise.reject(new TypeError("network"));
  world.takesBeacons = false;
  await world.load();
  world.click("#cta");
  await world.advance(200);
  const sent = new Set(world.sent.map(({ id }) => id));
  world.leave();
  const next = await world.next().load();
  assert.deepEqual(kinds(next), ["impression", "conversion goal-click", "impression"]);
  for (const id of sent) assert.ok(next.sent.some((event) => event.id === id));
  assert.equal(new Set(next.sent.map(({ id }) => id)).size, 3);
});

test("a full storage loses no event of this page view", async () => {
  const world = new World();
  world.onAssign = () => ({ body: assignment([headline], [click]) });
  world.fill();
  await world.load();
  world.click("#cta");
  await world.advance(100);
  assert.deepEqual(kinds(world), ["impression", "conversion goal-click"]);
});
