import assert from "node:assert/strict";
import { test } from "node:test";
import { watchGoals } from "../src/goals.js";
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

test("what happens outside of any element is no goal, and no error", () => {
  const world = new World();
  const seen = watch(world, goal({ type: "click", selector: "*" }), goal({ type: "form", selector: "form" }));
  for (const name of ["click", "submit"]) world.page.document.dispatchEvent(new world.page.Event(name));
  assert.deepEqual([seen, world.errors], [[], []]);
});
