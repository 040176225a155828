import assert from "node:assert/strict";
import { test } from "node:test";
import { openStore, uuid } from "../src/store.js";
import { World } from "./harness.js";

const KEY = "evoloop_site";
const open = ({ page }: World, isShort = false) => openStore(page, KEY, isShort);

test("ids are UUIDs that tell their time and are unique", (context) => {
  const { page } = new World();
  for (const time of [Date.UTC(2026, 10, 26, 12), Date.UTC(2010, 1)]) {
    context.mock.timers.enable({ apis: ["Date"], now: time });
    const ids = Array.from({ length: 200 }, () => uuid(page));
    assert.equal(new Set(ids).size, 200);
    for (const id of ids) {
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), time);
    }
    context.mock.timers.reset();
  }
});

test("keeps what it is given, for every tab", () => {
  const world = new World();
  const [one, two] = [open(world), open(world)];
  one((kept) => (kept.visitor = "u"));
  two((kept) => (kept.owner = "g"));
  assert.deepEqual([one().visitor, one().owner], ["u", "g"]);
  assert.equal(world.page.document.cookie, "");
  assert.deepEqual(Object.keys({ ...world.page.localStorage }), [KEY]);
});

test("reading stores nothing", () => {
  const world = new World();
  assert.equal(open(world)().visitor, undefined);
  assert.equal(world.kept, "{}");
});

test("who has forgotten everything leaves no trace", () => {
  for (const prepare of [() => {}, ({ page }: World) => (page.document.cookie = "evoloop_visitor=c"), (world: World) => world.deny("storage")]) {
    const world = new World();
    prepare(world);
    const store = open(world);
    store((kept) => ([kept.visitor, kept.token] = ["u", "t"]));
    store(null);
    assert.deepEqual([store().visitor, store().token, world.page.document.cookie], [undefined, undefined, ""]);
  }
});

test("what a proxy on the page's own origin says counts more than what a script has kept, and stays as it is", () => {
  const world = new World();
  open(world)((kept) => ([kept.visitor, kept.token] = ["mine", "old"]));
  world.page.document.cookie = "evoloop_visitor=theirs";
  world.page.document.cookie = "evoloop_token=theirs-too";
  const store = open(world);
  assert.deepEqual([store().visitor, store().token], ["theirs", "theirs-too"]);
  const before = world.page.document.cookie;
  store((kept) => (kept.token = "new"));
  assert.equal(world.page.document.cookie, before);
});

test("where nothing can be kept, all lasts for the page view", () => {
  const world = new World();
  world.deny("all");
  const store = open(world);
  store((kept) => (kept.visitor = "u"));
  store((kept) => (kept.owner = "g"));
  assert.deepEqual([store().visitor, store().owner], ["u", "g"]);
  assert.equal(open(world)().visitor, undefined);
});

test("a store for one page view touches neither storage nor cookies", () => {
  const world = new World();
  world.page.document.cookie = "evoloop_visitor=c";
  world.page.localStorage.setItem(KEY, `{"visitor":"u"}`);
  const before = world.kept;
  const store = open(world, true);
  assert.equal(store().visitor, undefined);
  store((kept) => (kept.token = "t"));
  assert.deepEqual([store().token, world.kept], ["t", before]);
});

test("a full storage loses nothing within the page view", () => {
  const world = new World();
  const store = open(world);
  store((kept) => (kept.visitor = "u"));
  world.fill();
  store((kept) => (kept.token = "t"));
  assert.equal(store().token, "t");
});

for (const broken of ["{", "null", "[]", `"x"`, "1"]) {
  test(`what is kept and is none (${broken}) is replaced`, () => {
    const world = new World();
    world.page.localStorage.setItem(KEY, broken);
    const store = open(world);
    store((kept) => (kept.visitor = "u"));
    assert.equal(store().visitor, "u");
    assert.equal(open(world)().visitor, "u");
  });
}
