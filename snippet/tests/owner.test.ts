import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemory } from "../src/identity.js";
import { ownerFlag } from "../src/owner.js";
import { HTML, SITE, World, assignment, goal } from "./harness.js";

const FLAG = "1800000000.abc-DEF_012";
const KEY = `evoloop.owner.${SITE}`;
const at = (rest: string) => new World(HTML, `https://shop.example${rest}`);
const read = ({ page }: World) => ownerFlag(page, openMemory(page), SITE);
const click = goal({ type: "click", selector: ".cta", is_primary: true });

test("every event of the owner's browser carries the flag, also on the next page view", async () => {
  const first = at(`/landing?evo_owner=${FLAG}`);
  first.onAssign = () => ({ body: assignment([], [click]) });
  await first.load();
  first.click("#cta");
  await first.advance(100);
  assert.deepEqual(first.sent.map(({ type, owner }) => [type, owner]), [["impression", FLAG], ["conversion", FLAG]]);
  const second = await first.next().load();
  assert.deepEqual(second.sent.map(({ owner }) => owner), [FLAG]);
});

test("others send no flag at all", async () => {
  const world = await new World().load();
  assert.equal(world.sent.length, 1);
  assert.equal("owner" in world.sent[0]!, false);
});

test("`off` forgets it", async () => {
  const first = await at(`/?evo_owner=${FLAG}`).load();
  assert.equal(first.page.localStorage.getItem(KEY), FLAG);
  const second = await first.next(HTML, "https://shop.example/?evo_owner=off").load();
  assert.equal(second.page.location.href, "https://shop.example/");
  const third = await second.next().load();
  for (const world of [second, third]) assert.deepEqual(world.sent.map(({ owner }) => owner), [undefined]);
});

test("`off` also hides what a cookie still holds", () => {
  const world = at("/?evo_owner=off");
  world.page.document.cookie = `${KEY}=${FLAG}`;
  assert.equal(read(world), undefined);
});

test("a flag is of one site", () => {
  const world = at(`/?evo_owner=${FLAG}`);
  assert.equal(read(world), FLAG);
  assert.equal(ownerFlag(world.page, openMemory(world.page), "another"), undefined);
});

test("a cookie keeps it where storage is denied", () => {
  const world = at(`/?evo_owner=${FLAG}`);
  Object.defineProperty(world.page, "localStorage", {
    get: () => {
      throw new Error("denied");
    },
  });
  assert.equal(read(world), FLAG);
  assert.match(world.page.document.cookie, /evoloop\.owner/);
  assert.equal(read(world), FLAG);
});

const addresses: [string, string][] = [
  ["/landing?evo_owner=F", "/landing"],
  ["/landing?evo_owner=F#top?a&b", "/landing#top?a&b"],
  ["/landing?a=1&evo_owner=F", "/landing?a=1"],
  ["/landing?evo_owner=F&a=1&b=%20+%C3%BC", "/landing?a=1&b=%20+%C3%BC"],
  ["/landing?a=$1&evo_owner=F&a=2&c=$&", "/landing?a=$1&a=2&c=$&"],
  ["//two?evo_owner=F", "//two"],
  ["/landing?not_evo_owner=F", "/landing?not_evo_owner=F"],
  ["/landing#evo_owner=F", "/landing#evo_owner=F"],
  ["/landing?a=1#?evo_owner=F", "/landing?a=1#?evo_owner=F"],
];
for (const [before, after] of addresses) {
  test(`of ${before} stays ${after}`, () => {
    const world = at(before.replace("F", FLAG));
    world.page.history.replaceState({ kept: 1 }, "");
    const steps = world.page.history.length;
    assert.equal(read(world), before.includes("evo_owner=F") && before !== after ? FLAG : undefined);
    assert.equal(world.page.location.href, `https://shop.example${after.replace("=F", `=${FLAG}`)}`);
    assert.deepEqual([world.page.history.state, world.page.history.length], [{ kept: 1 }, steps]);
  });
}

test("what cannot be a flag is not kept, and does not take the place of one that is", () => {
  for (const wrong of ["", "%3Cscript%3E", "%", "a b", "x".repeat(201)]) {
    const world = at("/");
    world.page.localStorage.setItem(KEY, FLAG);
    world.page.history.replaceState(null, "", `/?evo_owner=${wrong}`);
    assert.equal(read(world), FLAG, wrong);
    assert.equal(world.page.location.search, "", wrong);
  }
});

test("a page whose address cannot be changed goes on", async () => {
  const world = at(`/?evo_owner=${FLAG}`);
  world.page.history.replaceState = () => {
    throw new Error("no origin");
  };
  await world.load();
  assert.deepEqual([world.sent.map(({ owner }) => owner), world.errors], [[FLAG], []]);
});

test("goals of an address do not see the flag", async () => {
  const world = at(`/landing?evo_owner=${FLAG}`);
  world.onAssign = () => ({ body: assignment([], [goal({ type: "url", url_contains: "evo_owner" })]) });
  await world.load();
  assert.deepEqual(world.sent.map(({ type }) => type), ["impression"]);
});
