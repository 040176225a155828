import assert from "node:assert/strict";
import { test } from "node:test";
import { address, named, watchGoals } from "../src/goals.js";
import type { Goal } from "../src/wire.js";
import { World, goal } from "./harness.js";

function watch(world: World, ...goals: Goal[]): string[] {
  const seen: string[] = [];
  watchGoals(world.page, () => goals, ({ id }) => seen.push(id));
  return seen;
}

test("a click on the element or inside it counts", () => {
  const world = new World(`<a class="cta"><span>Buy</span></a><p>Text</p>`);
  const seen = watch(
    world,
    goal({ type: "click", selector: ".cta" }),
    goal({ type: "click", id: "broken", selector: "a[" }),
    goal({ type: "click", id: "empty" }),
  );
  world.page.document.querySelector(".cta")!.addEventListener("click", (event) => event.stopImmediatePropagation());
  world.click("p");
  assert.deepEqual(seen, []);
  world.click(".cta span");
  world.click(".cta");
  assert.deepEqual(seen, ["goal-click", "goal-click"]);
  world.page.document.dispatchEvent(new world.page.Event("click"));
  assert.equal(seen.length, 2);
});

test("a form that is sent counts, another one does not", () => {
  const world = new World(`<form id="signup"></form><form id="search"></form>`);
  const seen = watch(world, goal({ type: "form", selector: "#signup" }));
  const submit = (css: string) =>
    world.page.document.querySelector(css)!.dispatchEvent(new world.page.Event("submit", { bubbles: true }));
  submit("#search");
  assert.deepEqual(seen, []);
  submit("#signup");
  assert.deepEqual(seen, ["goal-form"]);
});

test("what is done before the goals are known counts once they are, also on an element that has gone", () => {
  const world = new World(`<a class="cta">Buy</a><a class="other">More</a>`);
  const seen: string[] = [];
  let goals: Goal[] | undefined;
  const happened = watchGoals(world.page, () => goals, ({ id }) => seen.push(id));
  world.click(".cta");
  world.click(".other");
  world.page.document.querySelector(".cta")!.remove();
  assert.deepEqual(seen, []);
  goals = [goal({ type: "click", selector: ".cta" })];
  happened();
  assert.deepEqual(seen, ["goal-click"]);
});

test("an address counts when it contains what the goal says", () => {
  const { page } = new World("<p>Thanks</p>", "https://shop.example/thank-you?order=1#end");
  const goals = [
    goal({ type: "url", id: "path", url_contains: "/thank-you" }),
    goal({ type: "url", id: "query", url_contains: "order=1#e" }),
    goal({ type: "url", id: "other", url_contains: "/cart" }),
    goal({ type: "url", id: "none" }),
    goal({ type: "click", id: "click", url_contains: "/thank-you" }),
  ];
  assert.deepEqual(goals.filter(address(page.location.href)).map(({ id }) => id), ["path", "query"]);
});

test("what happens outside of any element is no goal, and no error", () => {
  const world = new World();
  const seen = watch(world, goal({ type: "click", selector: "*" }), goal({ type: "form", selector: "form" }));
  for (const name of ["click", "submit"]) world.page.document.dispatchEvent(new world.page.Event(name));
  assert.deepEqual([seen, world.errors], [[], []]);
});

test("names mean event and revenue goals, no name the primary goal", () => {
  const goals = [
    goal({ type: "click", is_primary: true, event_name: "trial" }),
    goal({ type: "event", event_name: "trial" }),
    goal({ type: "revenue", event_name: "paid" }),
  ];
  const meant = (name?: string | null) => goals.filter(named(name)).map(({ id }) => id);
  assert.deepEqual(meant(), ["goal-click"]);
  assert.deepEqual(meant(null), ["goal-click"]);
  assert.deepEqual(meant("trial"), ["goal-event"]);
  assert.deepEqual(meant("paid"), ["goal-revenue"]);
  assert.deepEqual(meant("other"), []);
});
