// Pages that bear marks already: what the server has put into them, and what they have copied.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Op } from "../src/wire.js";
import { World } from "./harness.js";
import { open } from "./opened.js";

const headline: Op = { op: "text", target: { css: "h1" }, value: "New headline" };
const hidden: Op = { op: "hide", target: { css: ".sub" } };
const added: Op = { op: "insert", at: { after: { css: "h1" } } as never, node: { tag: "p", text: "Added" } };

test("what the server has put into the page is found, and looked after", async () => {
  const served = `<h1 data-evo="0">New headline</h1><p class="sub" data-evo="1">x</p><!--evoloop v 2-->`;
  for (const html of [`<html><body>${served}</body></html>`, `<html><body>${served.replace(/<!.*/, "")}</body></html><!--evoloop v 2-->`]) {
    const { world, told, show } = open(new World(html));
    const before = world.html;
    show([{ ...headline, target: { css: "h1", text: "Old headline" } } as Op, hidden]);
    await world.advance(10_000);
    assert.deepEqual([told, world.html, world.pending], [[[2, 0]], before, 0]);
    world.find("h1").outerHTML = "<h1>Old headline</h1>";
    await world.advance(100);
    assert.equal(world.find("h1").outerHTML, `<h1 data-evo="0">New headline</h1>`);
    assert.equal(told.length, 1);
  }
});

test("a page that was served with another variant is not taken for this one, and not mixed with it", async () => {
  for (const ops of [[headline], [added]]) {
    const { world, told, show } = open(new World(`<h1 data-evo="0">Other</h1><!--evoloop w 1-->`));
    const before = world.html;
    show(ops);
    await world.advance(5000);
    assert.deepEqual([told, world.html], [[[0, 1]], before]);
  }
});

test("a page that was served with a variant stays so, whole, when another one takes its place", async () => {
  const { world, engine, told, show } = open(
    new World(`<h1 data-evo="0">New headline</h1><p data-evo="1">Added</p><p class="sub" data-evo="2">x</p><!--evoloop v 3-->`),
  );
  const before = world.html;
  show([headline, added, hidden]);
  await world.advance(0);
  show([hidden], [], "w");
  await world.advance(5000);
  engine.revert();
  assert.deepEqual([told, world.html], [[[3, 0], [0, 1]], before]);
});

test("a served page of which a part is gone is a miss", async () => {
  const { told, show, world } = open(new World(`<h1 data-evo="0">New headline</h1><!--evoloop v 2-->`));
  show([headline, hidden]);
  await world.advance(6000);
  assert.deepEqual(told, [[0, 1]]);
});

test("a copy that the page made of what was changed bars nothing", async () => {
  const { world, told, show } = open(new World(`<div><p id="a">A</p></div>`));
  const change = (value: string): Op => ({ op: "text", target: { css: "#a" }, value });
  show([change("V")]);
  await world.advance(0);
  const copy = world.find("#a").cloneNode(true) as Element;
  copy.removeAttribute("id");
  world.find("div").append(copy);
  show([change("W")], [], "w");
  await world.advance(100);
  assert.deepEqual([world.text("#a"), told], ["W", [[1, 0], [1, 0]]]);
});
