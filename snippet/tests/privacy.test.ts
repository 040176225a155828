// Who does not take part, and what is kept of those who do.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evoloop } from "../src/api.js";
import type { Op } from "../src/wire.js";
import { HTML, SITE, World, assignment, goal, results, settle } from "./harness.js";

const headline: Op = { op: "text", target: { css: "h1" }, value: "New headline" };
const click = goal({ type: "click", selector: ".cta", is_primary: true });
const NOTHING = "{}";
const REQUIRED = { "data-consent": "required" };

function open(world = new World(), ops = [headline]): World {
  world.onAssign = () => ({ body: assignment(ops, [click]) });
  return world;
}
const at = (rest: string) => open(new World(HTML, `https://shop.example${rest}`));
const next = (world: World, url?: string) => open(world.next(HTML, url));
const silent = (world: World) => {
  assert.deepEqual([world.assigns, world.sent, world.beacons, world.forgets, world.errors], [[], [], [], [], []]);
  assert.equal(world.text("h1"), "Old headline");
};
const kinds = (world: World) => world.sent.map(({ type }) => type);
const gives = (name: string, value: unknown) => (world: World) => Object.defineProperty(world.page.navigator, name, { value });

const REFUSED: [name: string, world: () => World, attributes: object, prepare?: (world: World) => unknown][] = [
  ["before consent", () => open(), REQUIRED],
  ["with GPC", () => open(), { "data-respect": "gpc dnt" }, gives("globalPrivacyControl", true)],
  ["with DNT", () => open(), { "data-respect": "dnt" }, gives("doNotTrack", "1")],
  ["with evo_off", () => at("/?a=1&evo_off"), {}],
  ["in an automated browser", () => open(), {}, gives("webdriver", true)],
];
for (const [name, make, attributes, prepare] of REFUSED) {
  test(`${name} nothing is stored, sent or changed`, async () => {
    const world = make();
    prepare?.(world);
    await world.load({ ...attributes });
    world.page.evoloop!.convert();
    world.click("#cta");
    world.page.history.pushState(null, "", "/b");
    await world.advance(10_000);
    world.hide();
    world.leave();
    silent(world);
    assert.deepEqual([world.kept, world.rules, world.pending, world.page.evoloop!.variant()], [NOTHING, "", 0, undefined]);
  });
}

test("signals that the site does not ask for change nothing, and those that say no nothing either", async () => {
  const cases: [object, string, unknown][] = [
    [{}, "globalPrivacyControl", true],
    [{ "data-respect": "dnt" }, "globalPrivacyControl", true],
    [{ "data-respect": "gpc" }, "doNotTrack", "1"],
    [{ "data-respect": "gpc dnt" }, "doNotTrack", "0"],
    [{ "data-respect": "gpc dnt" }, "globalPrivacyControl", false],
  ];
  for (const [attributes, name, value] of cases) {
    const world = open();
    gives(name, value)(world);
    await world.load({ ...attributes });
    assert.equal(world.text("h1"), "New headline");
  }
});

test("consent starts the visit, holds on the next page, and what was called before counts", async () => {
  const world = await open().load(REQUIRED);
  world.page.evoloop!.convert();
  world.page.evoloop!.consent(true);
  world.page.evoloop!.consent(true);
  await world.advance(100);
  assert.deepEqual([world.text("h1"), kinds(world), world.assigns.length], ["New headline", ["impression", "conversion"], 1]);
  const second = await next(world).load(REQUIRED);
  assert.deepEqual([second.text("h1"), kinds(second)], ["New headline", ["impression"]]);
});

test("consent by a call that came before the snippet", async () => {
  const world = open();
  world.page.evoloop = { q: [["consent", true]] } as unknown as Evoloop;
  await world.load(REQUIRED);
  assert.equal(world.text("h1"), "New headline");
});

for (const how of ["a call", "a call that came before the snippet", "a call while the site is off"]) {
  test(`consent that is withdrawn by ${how} leaves nothing and sends nothing`, async () => {
    const first = await open().load(REQUIRED);
    first.page.evoloop!.consent(true);
    await first.advance(100);
    // The last page view could not say all that happened.
    first.takesBeacons = false;
    first.onEvents = () => Promise.reject(new TypeError("network"));
    first.click("#cta");
    await first.advance(60);
    const world = next(first, how.endsWith("off") ? "https://shop.example/?evo_off" : undefined);
    if (how.includes("before")) world.page.evoloop = { q: [["consent", false]] } as unknown as Evoloop;
    const before = world.html;
    if (how === "a call") {
      await world.load(REQUIRED);
      assert.equal(world.text("h1"), "New headline");
      world.click("#cta");
    } else world.start({ "data-site": SITE, ...REQUIRED });
    world.page.evoloop!.consent(false);
    assert.equal(world.html.replace(/<script.*?<\/script>/, ""), before);
    assert.equal(world.kept, NOTHING);
    const sent = world.sent.length;
    world.page.evoloop!.convert();
    world.click("#cta");
    world.page.history.pushState(null, "", "/b");
    await world.advance(60_000);
    world.leave();
    await world.advance(60_000);
    assert.deepEqual([world.sent.length, world.beacons, world.forgets, world.kept, world.pending], [sent, [], [], NOTHING, 0]);
    const third = await next(world).load(REQUIRED);
    silent(third);
  });
}

test("consent that comes again begins anew, as somebody else", async () => {
  const world = await open().load(REQUIRED);
  world.page.evoloop!.consent(true);
  await world.advance(100);
  world.page.evoloop!.consent(false);
  world.page.evoloop!.consent(true);
  await world.advance(100);
  world.click("#cta");
  await world.advance(100);
  assert.deepEqual([world.text("h1"), kinds(world)], ["New headline", ["impression", "impression", "conversion"]]);
  const [first, second] = world.assigns.map((query) => query.searchParams.get("visitor_id"));
  assert.notEqual(first, second);
  assert.deepEqual(world.sent.map(({ visitor_id }) => visitor_id), [first, second, second]);
});

test("an answer that comes after the consent was withdrawn changes and stores nothing", async () => {
  const world = new World();
  let answer = () => {};
  world.onAssign = () => new Promise((done) => (answer = () => done({ body: assignment([headline]) })));
  await world.load();
  world.page.evoloop!.consent(false);
  answer();
  await world.advance(10_000);
  assert.deepEqual([world.text("h1"), world.kept, world.sent], ["Old headline", NOTHING, []]);
});

test("a visitor who wants to be forgotten is forgotten, here and there", async () => {
  const world = await open().load();
  const { visitor_id, token } = world.sent[0]!;
  let answer = () => {};
  world.onEvents = (events) => new Promise((done) => (answer = () => done(results(events, { result: "recorded", counted: true }))));
  world.click("#cta");
  await world.advance(60);
  // Another tab has kept something as well.
  world.page.evoloop!.forget();
  assert.deepEqual(world.forgets, [{ site_id: SITE, visitor_id, token }]);
  assert.deepEqual([world.text("h1"), world.kept], ["Old headline", NOTHING]);
  answer();
  world.page.evoloop!.forget();
  await world.advance(60_000);
  world.leave();
  assert.deepEqual([world.kept, world.forgets.length, world.beacons, world.errors], [NOTHING, 1, [], []]);
});

test("nothing of a forgotten visitor is sent when another visit begins", async () => {
  const world = open();
  const healthy = world.onEvents;
  world.onEvents = () => ({ status: 503 });
  await world.load(REQUIRED);
  world.page.evoloop!.consent(true);
  await world.advance(100);
  world.page.evoloop!.forget();
  world.onEvents = healthy;
  const sent = world.sent.length;
  world.page.evoloop!.consent(true);
  await world.advance(60_000);
  world.leave();
  const later = world.sent.slice(sent).concat(...world.beacons);
  assert.deepEqual(new Set(later.map(({ visitor_id }) => visitor_id)), new Set([world.assigns[1]!.searchParams.get("visitor_id")]));
});

test("who is forgotten while the page hears of the patch brings no error", async () => {
  const world = open();
  world.page.evoloop = { q: [["on", "applied", () => world.page.evoloop!.forget()]] } as unknown as Evoloop;
  await world.load();
  assert.deepEqual([world.text("h1"), world.sent, world.kept, world.errors], ["Old headline", [], NOTHING, []]);
});

test("without storage a visitor is forgotten as well", async () => {
  const world = open();
  world.deny("storage");
  await world.load();
  world.page.evoloop!.forget();
  await settle();
  assert.deepEqual([world.page.document.cookie, world.forgets.length], ["", 1]);
});

test("without state nothing is kept, and the server says who it is", async () => {
  const world = new World();
  world.onAssign = () => ({ body: { ...assignment([headline], [click]), visitor_id: "of-today" } });
  await world.load({ "data-stateless": "" });
  world.click("#cta");
  await world.advance(100);
  const asked = world.assigns[0]!.searchParams;
  assert.deepEqual([asked.get("stateless"), asked.get("visitor_id"), asked.get("current")], ["1", "", ""]);
  assert.deepEqual(world.sent.map(({ type, visitor_id }) => [type, visitor_id]), [["impression", "of-today"], ["conversion", "of-today"]]);
  assert.deepEqual([world.text("h1"), world.kept], ["New headline", NOTHING]);
  world.page.evoloop!.forget();
  assert.deepEqual(world.forgets, [{ site_id: SITE, visitor_id: "of-today", token: "v1.1.1.h.mac" }]);
});

test("a page without state still sends what it could not, and says it once more as it ends", async () => {
  const world = open();
  world.onAssign = () => ({ body: { ...assignment([headline], [click]), visitor_id: "of-today" } });
  world.onEvents = () => ({ status: 503 });
  await world.load({ "data-stateless": "" });
  world.click("#cta");
  world.leave();
  assert.deepEqual(world.beacons.map((batch) => batch.map(({ type }) => type)), [["impression", "conversion"]]);
});

test("a preview is shown, sends nothing and keeps nothing", async () => {
  const world = at("/?evo_preview=p1.v.9.mac&a=1");
  world.onAssign = () => ({ body: { ...assignment([headline], [click]), token: null, preview: true } });
  await world.load({ "data-vitals": "1" });
  world.click("#cta");
  world.page.evoloop!.convert();
  await world.advance(1000);
  world.leave();
  assert.equal(world.assigns[0]!.searchParams.get("preview"), "p1.v.9.mac");
  assert.deepEqual([world.text("h1"), world.sent, world.beacons, world.kept], ["New headline", [], [], NOTHING]);
});

test("a preview leaves the visitor's own visits as they were", async () => {
  const first = await open().load();
  const world = next(first, "https://shop.example/?evo_preview=p1.v.9.mac");
  world.onAssign = () => ({ body: { ...assignment([]), token: null, preview: true } });
  await world.load();
  assert.deepEqual([world.text("h1"), world.kept, world.rules], ["Old headline", first.kept, ""]);
});

test("a preview that is refused shows the page as it is", async () => {
  const world = at("/?evo_preview=forged");
  world.onAssign = () => ({ status: 403 });
  await world.load();
  await world.advance(10_000);
  assert.deepEqual([world.text("h1"), world.sent, world.kept, world.errors], ["Old headline", [], NOTHING, []]);
});

const FLAG = "1800000000.abc-DEF_012";
const owners = (world: World) => world.sent.map(({ type, owner }) => [type, owner]);

test("every event of the owner's browser carries the flag, also on the next page view", async () => {
  const first = await at(`/landing?evo_owner=${FLAG}`).load();
  first.click("#cta");
  await first.advance(100);
  assert.deepEqual(owners(first), [["impression", FLAG], ["conversion", FLAG]]);
  const second = await next(first).load();
  assert.deepEqual(owners(second), [["impression", FLAG]]);
});

test("others send no flag at all", async () => {
  const world = await open().load();
  assert.deepEqual(world.sent.map((event) => "owner" in event), [false]);
});

test("`off` takes the place of the flag, and is none", async () => {
  const first = await at(`/?evo_owner=${FLAG}`).load();
  const second = await next(first, "https://shop.example/?evo_owner=off").load();
  assert.equal(second.page.location.href, "https://shop.example/?");
  const third = await next(second).load();
  for (const world of [second, third]) assert.deepEqual(owners(world), [["impression", "off"]]);
});

const addresses: [string, string][] = [
  ["/landing?evo_owner=F", "/landing?"],
  ["/landing?evo_owner=F#top?a&b", "/landing?#top?a&b"],
  ["/landing?a=1&evo_owner=F", "/landing?a=1&"],
  ["/landing?evo_owner=F&a=1&b=%20+%C3%BC", "/landing?a=1&b=%20+%C3%BC"],
  ["/landing?a=$1&evo_owner=F&a=2&c=$&", "/landing?a=$1&a=2&c=$&"],
  ["/landing?not_evo_owner=F", "/landing?not_evo_owner=F"],
  ["/landing#evo_owner=F", "/landing#evo_owner=F"],
  ["/landing?a=1#?evo_owner=F", "/landing?a=1#?evo_owner=F"],
];
for (const [before, after] of addresses) {
  test(`of ${before} stays ${after}`, async () => {
    const world = at(before.replace("F", FLAG));
    world.page.history.replaceState({ kept: 1 }, "");
    const steps = world.page.history.length;
    await world.load();
    assert.deepEqual(owners(world), [["impression", before === after ? undefined : FLAG]]);
    assert.equal(world.page.location.href, `https://shop.example${after.replace("=F", `=${FLAG}`)}`);
    assert.deepEqual([world.page.history.state, world.page.history.length], [{ kept: 1 }, steps]);
  });
}

test("an address that begins with two slashes keeps its host", async () => {
  const world = await at(`//two?evo_owner=${FLAG}`).load();
  assert.equal(world.page.location.host, "shop.example");
  assert.equal(world.text("h1"), "New headline");
});

test("nothing, and what is too long, is no flag, and does not take the place of one that is", async () => {
  for (const wrong of ["", "x".repeat(201)]) {
    const first = await at(`/?evo_owner=${FLAG}`).load();
    const world = await next(first, `https://shop.example/?evo_owner=${wrong}`).load();
    assert.deepEqual([owners(world), world.page.location.search], [[["impression", FLAG]], ""]);
  }
});

test("a page whose address cannot be changed goes on", async () => {
  const world = at(`/?evo_owner=${FLAG}`);
  world.page.history.replaceState = () => {
    throw new Error("no origin");
  };
  await world.load();
  assert.deepEqual([owners(world), world.errors], [[["impression", FLAG]], []]);
});

test("goals of an address do not see the flag", async () => {
  const world = at(`/landing?evo_owner=${FLAG}`);
  world.onAssign = () => ({ body: assignment([], [goal({ type: "url", url_contains: "evo_owner" })]) });
  await world.load();
  assert.deepEqual(kinds(world), ["impression"]);
});
