import assert from "node:assert/strict";
import { test } from "node:test";
import { openQueue } from "../src/queue.js";
import type { EventResult, WireEvent } from "../src/wire.js";
import { World, results, settle } from "./harness.js";

const event = (id: string): WireEvent => ({
  id,
  site_id: "s",
  variant_id: "v",
  visitor_id: "u",
  type: "conversion",
  token: "t",
});

function open(world = new World()) {
  const settled: string[] = [];
  const queue = openQueue(world.page, "https://loop.example/v1/event", ({ id }, { result }) => settled.push(`${id} ${result}`));
  return { world, queue, settled, push: (...ids: string[]) => ids.forEach((id) => queue.push(event(id))) };
}
const ids = (batches: WireEvent[][]) => batches.map((batch) => batch.map(({ id }) => id).join(","));

test("events that come together go together, in order", async () => {
  const { world, push, settled } = open();
  push("a", "b", "c");
  await world.advance(50);
  assert.deepEqual(ids(world.batches), ["a,b,c"]);
  assert.deepEqual(settled, ["a recorded", "b recorded", "c recorded"]);
  world.page.dispatchEvent(new world.page.Event("pagehide"));
  assert.deepEqual(world.beacons, []);
});

test("at most 50 at a time", async () => {
  const { world, push } = open();
  push(...Array.from({ length: 120 }, (_, index) => `${index}`));
  await world.advance(1000);
  assert.deepEqual(world.batches.map((batch) => batch.length), [50, 50, 20]);
});

test("what comes while a request is under way waits for its end", async () => {
  const { world, push } = open();
  let answer = () => {};
  world.onEvents = (events) => new Promise((done) => (answer = () => done(results(events, { result: "recorded" }))));
  push("a");
  await world.advance(50);
  push("b");
  await world.advance(1000);
  assert.deepEqual(ids(world.batches), ["a"]);
  answer();
  await world.advance(50);
  assert.deepEqual(ids(world.batches), ["a", "b"]);
});

for (const [name, fault] of [
  ["a dead network", () => Promise.reject(new TypeError("network"))],
  ["an overloaded server", () => ({ status: 503 })],
  ["a rate limit", () => ({ status: 429 })],
  ["a broken answer", () => ({ body: null })],
] as const) {
  test(`tries again after ${name}, with the same ids`, async () => {
    const { world, push, settled } = open();
    const healthy = world.onEvents;
    world.onEvents = fault;
    push("a", "b");
    await world.advance(50 + 500);
    assert.deepEqual(ids(world.batches), ["a,b", "a,b"]);
    world.onEvents = healthy;
    await world.advance(2000);
    assert.deepEqual(ids(world.batches), ["a,b", "a,b", "a,b"]);
    assert.deepEqual(settled, ["a recorded", "b recorded"]);
  });
}

test("gives up after five tries, and takes up again with the next event", async () => {
  const { world, push } = open();
  const healthy = world.onEvents;
  world.onEvents = () => ({ status: 503 });
  push("a");
  await world.advance(3_600_000);
  assert.equal(world.batches.length, 5);
  world.onEvents = healthy;
  push("b");
  await world.advance(50);
  assert.deepEqual(ids(world.batches).at(-1), "a,b");
});

test("does not repeat what the server refuses", async () => {
  const { world, push, settled } = open();
  world.onEvents = () => ({ status: 400 });
  push("a");
  await world.advance(3_600_000);
  assert.deepEqual([world.batches.length, settled], [1, []]);
});

test("repeats only the events that are to be repeated", async () => {
  const { world, push, settled } = open();
  const answers: EventResult["result"][][] = [["recorded", "retry", "duplicate"], ["dropped"]];
  world.onEvents = () => ({ body: { results: answers.shift()!.map((result) => ({ result })) } });
  push("a", "b", "c");
  await world.advance(50 + 500);
  assert.deepEqual(ids(world.batches), ["a,b,c", "b"]);
  assert.deepEqual(settled, ["a recorded", "c duplicate", "b dropped"]);
});

test("a page that ends sends what is unanswered, once", async () => {
  const { world, push } = open();
  push("a");
  world.page.dispatchEvent(new world.page.Event("pagehide"));
  world.hide();
  assert.deepEqual(ids(world.beacons), ["a"]);
  push("b");
  world.hide();
  assert.deepEqual(ids(world.beacons), ["a", "a,b"]);
});

test("a page that ends does not repeat what is under way", async () => {
  const { world, push } = open();
  world.takesBeacons = false;
  world.onEvents = () => new Promise(() => {});
  push("a");
  await world.advance(50);
  world.hide();
  await settle();
  assert.deepEqual(ids(world.batches), ["a"]);
});

test("a visible page sends no beacon", async () => {
  const { world, push } = open();
  push("a");
  Object.defineProperty(world.page.document, "visibilityState", { value: "visible", configurable: true });
  world.page.document.dispatchEvent(new world.page.Event("visibilitychange"));
  assert.deepEqual(world.beacons, []);
});

test("a request replaces a beacon that is refused or missing", async () => {
  const refused = open();
  refused.world.takesBeacons = false;
  refused.push("a");
  refused.world.hide();
  await settle();
  assert.deepEqual(ids(refused.world.batches), ["a"]);

  const missing = open();
  Object.defineProperty(missing.world.page.navigator, "sendBeacon", { value: undefined });
  missing.push("a");
  missing.world.hide();
  await settle();
  assert.deepEqual(ids(missing.world.batches), ["a"]);
});
