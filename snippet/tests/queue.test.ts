import assert from "node:assert/strict";
import { test } from "node:test";
import { openQueue } from "../src/queue.js";
import { openStore } from "../src/store.js";
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

function open(world = new World(), isShort = false) {
  const store = openStore(world.page, "evoloop_s", isShort);
  store((kept) => (kept.visitor = "u"));
  const queue = openQueue(world.page, "https://loop.example/v1/event", store);
  const waiting = () => (store().events ?? []).map(({ id }) => id).join(",");
  return { world, store, queue, waiting, push: (...ids: string[]) => ids.forEach((id) => queue.push(event(id))) };
}
const ids = (batches: WireEvent[][]) => batches.map((batch) => batch.map(({ id }) => id).join(","));

test("events that come together go together, in order", async () => {
  const { world, queue, push, waiting } = open();
  push("a", "b", "c");
  await world.advance(50);
  assert.deepEqual(ids(world.batches), ["a,b,c"]);
  assert.equal(waiting(), "");
  queue.leave();
  assert.deepEqual(world.beacons, []);
});

test("at most 50 at a time, and the latest 50 for the next page view", async () => {
  const { world, push, waiting } = open();
  push(...Array.from({ length: 120 }, (_, index) => `${index}`));
  assert.deepEqual([waiting().split(",").length, waiting().split(",")[0]], [50, "70"]);
  await world.advance(1000);
  assert.deepEqual(world.batches.map((batch) => [batch.length, batch[0]!.id]), [[50, "0"], [50, "50"], [20, "100"]]);
  assert.equal(waiting(), "");
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
  ["a slow request", () => ({ status: 408 })],
  ["a broken answer", () => ({ body: null })],
  ["an answer of somebody else", () => ({ body: {} })],
] as const) {
  test(`tries again after ${name}, with the same ids`, async () => {
    const { world, push, waiting } = open();
    const healthy = world.onEvents;
    world.onEvents = fault;
    push("a", "b");
    await world.advance(50 + 500);
    assert.deepEqual(ids(world.batches), ["a,b", "a,b"]);
    world.onEvents = healthy;
    await world.advance(2000);
    assert.deepEqual(ids(world.batches), ["a,b", "a,b", "a,b"]);
    assert.equal(waiting(), "");
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
  const { world, push, waiting } = open();
  world.onEvents = () => ({ status: 400 });
  push("a");
  await world.advance(3_600_000);
  assert.deepEqual([world.batches.length, waiting()], [1, ""]);
});

test("repeats only the events that are to be repeated", async () => {
  const { world, push, waiting } = open();
  const answers: EventResult["result"][][] = [["recorded", "retry", "duplicate"], ["dropped"]];
  world.onEvents = () => ({ body: { results: answers.shift()!.map((result) => ({ result })) } });
  push("a", "b", "c");
  await world.advance(50 + 500);
  assert.deepEqual(ids(world.batches), ["a,b,c", "b"]);
  assert.equal(waiting(), "");
});

test("a page that ends sends what is unanswered, once", async () => {
  const { world, queue, push } = open();
  push("a");
  queue.leave();
  queue.leave();
  assert.deepEqual(ids(world.beacons), ["a"]);
  push("b");
  queue.leave();
  assert.deepEqual(ids(world.beacons), ["a", "a,b"]);
});

test("a page that ends says again what is under way, since nobody will hear the answer", async () => {
  const { world, queue, push } = open();
  world.onEvents = () => new Promise(() => {});
  push("a");
  await world.advance(50);
  queue.leave();
  assert.deepEqual([ids(world.batches), ids(world.beacons)], [["a"], ["a"]]);
});

test("a page that ends without beacons does not repeat what is under way", async () => {
  const { world, queue, push } = open();
  world.takesBeacons = false;
  world.onEvents = () => new Promise(() => {});
  push("a");
  await world.advance(50);
  queue.leave();
  await settle();
  assert.deepEqual(ids(world.batches), ["a"]);
});

test("a request replaces a beacon that is refused or missing", async () => {
  const refused = open();
  refused.world.takesBeacons = false;
  refused.push("a");
  refused.queue.leave();
  await settle();
  assert.deepEqual(ids(refused.world.batches), ["a"]);

  const missing = open();
  Object.defineProperty(missing.world.page.navigator, "sendBeacon", { value: undefined });
  missing.push("a");
  missing.queue.leave();
  await settle();
  assert.deepEqual(ids(missing.world.batches), ["a"]);
});

test("what a page could not send, the next one sends first, with the same ids", async () => {
  const { world, push } = open();
  world.onEvents = () => Promise.reject(new TypeError("network"));
  push("a");
  await world.advance(1000);
  push("b");
  const next = open(world.next());
  next.push("c");
  await next.world.advance(50);
  assert.deepEqual([ids(next.world.batches), next.waiting()], [["a,b,c"], ""]);

  const idle = open(world.next());
  await idle.world.advance(50);
  assert.deepEqual(ids(idle.world.batches), ["a,b"]);
});

test("two tabs keep each other's events", async () => {
  const { world, push, waiting } = open();
  const other = open(world);
  let answer = () => {};
  const healthy = world.onEvents;
  world.onEvents = (events) => new Promise((done) => (answer = () => done(results(events, { result: "recorded" }))));
  push("a");
  await world.advance(50);
  world.onEvents = healthy;
  other.push("b");
  answer();
  await settle();
  assert.equal(waiting(), "b");
  await world.advance(50);
  assert.equal(waiting(), "");
  assert.ok(world.sent.some(({ id }) => id === "b"));
});

test("a queue of a visit without state keeps nothing and takes nothing over", async () => {
  const { world, push } = open();
  push("a");
  const short = open(world.next(), true);
  const before = short.world.kept;
  short.push("b");
  assert.equal(short.world.kept, before);
  await short.world.advance(60);
  assert.deepEqual([ids(short.world.batches), short.world.kept], [["b"], before]);
});

test("what is forgotten is not sent", async () => {
  const { world, queue, push, store } = open();
  push("a");
  store(null);
  queue.leave();
  await world.advance(1000);
  assert.deepEqual([world.batches, world.beacons, world.kept], [[], [], "{}"]);
});

test("where nothing can be stored, events still go, in order and again", async () => {
  const world = new World();
  world.deny("all");
  const { push } = open(world);
  const healthy = world.onEvents;
  world.onEvents = () => ({ status: 503 });
  push("a");
  await world.advance(60);
  world.onEvents = healthy;
  push("b");
  await world.advance(600);
  assert.deepEqual(ids(world.batches), ["a", "a,b"]);
});

test("what was forgotten while a request was under way stays forgotten", async () => {
  const { world, push } = open();
  let answer = () => {};
  world.onEvents = (events) => new Promise((done) => (answer = () => done(results(events, { result: "recorded" }))));
  push("a");
  await world.advance(50);
  world.page.localStorage.clear();
  answer();
  await world.advance(60_000);
  assert.equal(world.kept, "{}");
});
