// When a page may be changed, when it goes elsewhere, and how it fares.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../src/engine.js";
import { watchHydration } from "../src/hydration.js";
import { onNavigation } from "../src/navigation.js";
import { watchVitals } from "../src/vitals.js";
import type { Op } from "../src/wire.js";
import { World } from "./harness.js";

const REACT = { "__reactContainer$abc": {} };
const MAY: [name: string, html: string, prepare: (world: World) => unknown, may: boolean][] = [
  ["a plain page", `<main><h1>x</h1></main>`, () => 0, true],
  ["a root that nobody has taken over", `<div id="root"><h1>x</h1></div>`, () => 0, false],
  ["a Next page", `<div id="__next"><h1>x</h1></div>`, () => 0, false],
  ["a Nuxt page by its global", `<h1>x</h1>`, ({ page }) => Object.assign(page, { __NUXT__: {} }), false],
  ["a SvelteKit page by its global", `<h1>x</h1>`, ({ page }) => Object.assign(page, { __sveltekit_1abc: {} }), false],
  ["an island of Astro", `<astro-island ssr><h1>x</h1></astro-island>`, () => 0, false],
  ["what stands beside a root", `<div id="root"></div><h1>x</h1>`, () => 0, true],
  ["a React page whose element is not taken over yet", `<div id="root"><h1>x</h1></div>`,
    (world) => Object.assign(world.find("#root"), REACT), false],
  ["a React page in a container without a name", `<main><h1>x</h1></main>`, (world) => Object.assign(world.find("main"), REACT), false],
  ["a whole document in React's hands", `<h1>x</h1>`, ({ page }) => Object.assign(page.document, REACT), false],
  ["a whole document that React has only begun with", `<h1>x</h1>`,
    (world) => Object.assign(world.page.document, REACT, { "__reactResources$abc": {}, "__reactEvents$abc": {} }), false],
  ["an element that React has taken over", `<div id="root"><h1>x</h1></div>`,
    (world) => (Object.assign(world.find("#root"), REACT), Object.assign(world.find("h1"), { "__reactFiber$abc": {} })), true],
  ["a root that Vue has taken over", `<div id="app"><h1>x</h1></div>`, (world) => Object.assign(world.find("#app"), { __vue_app__: {} }), true],
  ["an old React root", `<div data-reactroot><h1>x</h1></div>`, (world) => Object.assign(world.find("div"), { _reactRootContainer: {} }), true],
];
for (const [name, html, prepare, may] of MAY) {
  test(`${name}: ${may ? "may be changed at once" : "is waited for"}`, async () => {
    const world = new World(html);
    Object.defineProperty(world.page.document, "readyState", { value: "interactive" });
    prepare(world);
    const mayChange = watchHydration(world.page);
    assert.equal(mayChange(world.find("h1")), may);
    await world.advance(2999);
    assert.equal(mayChange(world.find("h1")), may);
    await world.advance(1);
    assert.equal(mayChange(world.find("h1")), true);
  });
}

test("a page that is loaded and idle is waited for no longer", async () => {
  for (const hasIdle of [true, false]) {
    const world = new World(`<div id="root"><h1>x</h1></div>`);
    if (!hasIdle) Object.defineProperty(world.page, "requestIdleCallback", { value: undefined });
    const turn = (value: string) => Object.defineProperty(world.page.document, "readyState", { value, configurable: true });
    turn("interactive");
    const mayChange = watchHydration(world.page);
    assert.equal(mayChange(world.find("h1")), false);
    await world.advance(1000);
    assert.equal(mayChange(world.find("h1")), false);
    turn("complete");
    assert.equal(mayChange(world.find("h1")), false);
    await world.advance(1);
    assert.equal(mayChange(world.find("h1")), true);
  }
});

const headline: Op = { op: "text", target: { css: "h1" }, value: "New" };

test("no operation acts before every element may be changed", async () => {
  const world = new World(`<b>x</b><div id="root"><h1>x</h1><p>y</p></div>`);
  Object.defineProperty(world.page.document, "readyState", { value: "interactive" });
  const engine = openEngine(world.page);
  const told: number[][] = [];
  const place: Op = { op: "insert", at: { after: { css: "p" } } as never, node: { tag: "p", text: "Added" } };
  const before = world.html;
  engine.show({ variant_id: "v", patch: { v: 1, ops: [{ ...headline, target: { css: "b" } } as Op, headline, place] } }, (missed) => told.push([missed ? 0 : 3, missed]));
  await world.advance(1000);
  assert.deepEqual([world.html, told], [before, []]);
  Object.assign(world.find("#root"), { __vue_app__: {} });
  await world.advance(100);
  assert.deepEqual([world.text("b"), world.text("h1"), told], ["New", "New", [[3, 0]]]);
});

const GO: [name: string, go: (world: World) => void][] = [
  ["pushState", ({ page }) => page.history.pushState({ kept: 1 }, "", "/thank-you")],
  ["replaceState", ({ page }) => page.history.replaceState(null, "", "/thank-you")],
  ["going back", ({ dom, page }) => (dom.reconfigure({ url: "https://shop.example/thank-you" }), page.dispatchEvent(new page.Event("popstate")))],
  ["another fragment", ({ dom, page }) => (dom.reconfigure({ url: "https://shop.example/#b" }), page.dispatchEvent(new page.Event("popstate")))],
];
for (const [name, go] of GO) {
  test(`another address by ${name} is noticed once`, () => {
    const world = new World();
    let changes = 0;
    onNavigation(world.page, () => (changes += 1));
    assert.equal(changes, 0);
    go(world);
    assert.equal(changes, 1);
    world.page.dispatchEvent(new world.page.Event("popstate"));
    world.page.history.replaceState({}, "");
    assert.equal(changes, 1);
  });
}

test("where there is a Navigation API, the page's history stays its own", () => {
  const world = new World();
  const navigation = new world.page.EventTarget();
  Object.assign(world.page, { navigation });
  const { pushState } = world.page.history;
  let changes = 0;
  onNavigation(world.page, () => (changes += 1));
  assert.equal(world.page.history.pushState, pushState);
  navigation.dispatchEvent(new world.page.Event("currententrychange"));
  assert.equal(changes, 0);
  world.page.history.pushState(null, "", "/b");
  navigation.dispatchEvent(new world.page.Event("currententrychange"));
  assert.equal(changes, 1);
});

test("an error of ours never comes out of the page's own call, and an error of the page's does", () => {
  const world = new World();
  onNavigation(world.page, () => {
    throw new Error("ours");
  });
  world.page.history.pushState({ kept: 1 }, "", "/b");
  assert.deepEqual([world.page.location.pathname, world.page.history.state], ["/b", { kept: 1 }]);
  assert.throws(() => world.page.history.pushState(null, "", "https://other.example/"));
});

test("an address of the page's own has all of the patch or nothing of it", async () => {
  const world = new World(`<h1>x</h1><p>y</p>`);
  const told: number[][] = [];
  const engine = openEngine(world.page);
  const hide: Op = { op: "hide", target: { css: "p" } };
  engine.show({ variant_id: "v", patch: { v: 1, ops: [headline, hide] } }, (missed) => told.push([missed ? 0 : 2, missed]));
  await world.advance(100);
  world.find("body").innerHTML = "<h1>x</h1><b>Elsewhere</b>";
  engine.settle();
  await world.advance(100);
  assert.deepEqual([world.html, told.length], ["<html><head></head><body><h1>x</h1><b>Elsewhere</b></body></html>", 1]);
  await world.advance(5000);
  assert.deepEqual(told.slice(1), [[0, 1]]);
  world.find("body").innerHTML = "<h1>x</h1><p>y</p>";
  engine.settle();
  await world.advance(200);
  assert.deepEqual([world.text("h1"), told.slice(2)], ["New", [[2, 0]]]);
  engine.settle();
  await world.advance(10_000);
  assert.deepEqual([world.text("h1"), told.length, world.errors], ["New", 3, []]);
});

test("an address before there is a patch, or after it was taken back, changes nothing", async () => {
  const world = new World();
  const engine = openEngine(world.page);
  engine.settle();
  await world.advance(10_000);
  engine.show({ variant_id: "v", patch: { v: 1, ops: [headline] } }, () => {});
  await world.advance(0);
  engine.revert();
  engine.settle();
  await world.advance(10_000);
  assert.deepEqual([world.text("h1"), world.errors, world.pending], ["Old headline", [], 0]);
});

test("measures errors, the largest paint, shifts that follow each other, and the slowest interaction", () => {
  const world = new World();
  const vitals = watchVitals(world.page);
  assert.deepEqual(vitals, { errors: 0 });
  world.page.dispatchEvent(new world.page.Event("error"));
  world.page.dispatchEvent(new world.page.Event("unhandledrejection"));
  world.measure("largest-contentful-paint", { startTime: 800 });
  world.measure("largest-contentful-paint", { startTime: 1200 });
  const shifts = [[100, 0.1], [900, 0.2], [950, 5, true], [2500, 0.25], [8000, 0.05], [8900, 0.05]] as const;
  for (const [startTime, value, hadRecentInput] of shifts) world.measure("layout-shift", { startTime, value, hadRecentInput });
  world.measure("event", { duration: 500 });
  world.measure("event", { duration: 300, interactionId: 1 });
  world.measure("event", { duration: 200, interactionId: 2 });
  assert.deepEqual({ ...vitals, cls: vitals.cls!.toFixed(2) }, { errors: 2, lcp: 1200, cls: "0.30", inp: 300 });
});

test("shifts that go on for more than five seconds count anew", () => {
  const world = new World();
  const vitals = watchVitals(world.page);
  for (let startTime = 0; startTime <= 6000; startTime += 500) world.measure("layout-shift", { startTime, value: 0.01 });
  assert.equal(vitals.cls!.toFixed(2), "0.11");
});

test("a browser that measures nothing is no reason to stop", () => {
  const world = new World();
  Object.defineProperty(world.page, "PerformanceObserver", { value: undefined });
  assert.deepEqual(watchVitals(world.page), { errors: 0 });
});
