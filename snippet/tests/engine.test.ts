// The patch as a whole: kept on a page that lives, given up on a page that fights, taken back without a trace.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Op } from "../src/wire.js";
import { HTML, World, settle } from "./harness.js";
import { open } from "./opened.js";

const headline: Op = { op: "text", target: { css: "h1" }, value: "New headline" };
const title: Op = { op: "attr", target: { css: "h1" }, name: "title", value: "New" };
const hidden: Op = { op: "hide", target: { css: ".sub" } };
const picture: Op = { op: "image", target: { css: "#hero" }, src: "/b.png", alt: "New" };
const added: Op = { op: "insert", at: { after: { css: "h1" } } as never, node: { tag: "p", text: "Added" } };
const swap: Op = { op: "move", target: { css: "#a" }, to: { after: { css: "#b" } } };
const PAIR = `<div id="box"><p id="a">A</p><p id="b">B</p></div>`;

async function shown(ops: Op[], world?: World) {
  const opened = open(world);
  const before = opened.world.html;
  opened.show(ops);
  await opened.world.advance(0);
  assert.deepEqual(opened.told, [[ops.length, 0]]);
  return { ...opened, before };
}

test("a patch without operations is applied at once", async () => void (await shown([])));

test("a patch that breaks a rule touches nothing, whatever the page does later", async () => {
  const { world, engine, told, show } = open();
  const before = world.html;
  show([headline, { op: "attr", target: { css: "#cta" }, name: "href", value: "javascript:x" }]);
  assert.deepEqual(told, [[0, 1]]);
  engine.settle();
  world.find("h1").append("!");
  await world.advance(10_000);
  assert.equal(world.html, before.replace("Old headline", "Old headline!"));
  for (const patch of [null, "x", { v: 2, ops: [] }, { v: 1 }, { v: 1, ops: {} }]) {
    engine.show({ variant_id: "v", patch: patch as never }, (missed) => told.push([0, missed]));
  }
  assert.deepEqual(told.slice(1), Array(5).fill([0, 1]));
  assert.deepEqual(world.errors, []);
});

test("an element that comes late is waited for", async () => {
  const { world, told, show } = open(new World("<h1>x</h1>"));
  show([headline, { ...hidden, target: { css: ".late" } } as Op]);
  await world.advance(4000);
  assert.deepEqual([told, world.text("h1")], [[], "x"]);
  world.find("body").append(Object.assign(world.page.document.createElement("p"), { className: "late" }));
  await world.advance(100);
  assert.deepEqual([told, world.text("h1")], [[[2, 0]], "New headline"]);
});

test("an element that is there twice for a while is waited for", async () => {
  const { world, told, show } = open(new World("<h1>x</h1><h1>y</h1>"));
  show([headline]);
  await world.advance(1000);
  world.find("h1").remove();
  await world.advance(100);
  assert.deepEqual([told, world.text("h1")], [[[1, 0]], "New headline"]);
});

test("after five seconds nobody waits any more", async () => {
  const { world, told, show } = open(new World("<p>x</p>"));
  show([headline]);
  await world.advance(4999);
  assert.deepEqual(told, []);
  await world.advance(1);
  assert.deepEqual(told, [[0, 1]]);
  world.find("p").outerHTML = "<h1>Late</h1>";
  await world.advance(10_000);
  assert.deepEqual([told.length, world.text("h1"), world.pending], [1, "Late", 0]);
});

test("elements that other variants change have to be there too, for the control as well", async () => {
  const { world, told, show } = open();
  show([], [{ css: "h1" }, { css: ".gone" }, { css: ".twin" }]);
  await world.advance(5000);
  assert.deepEqual(told, [[0, 2]]);
  show([headline], [{ css: ".gone" }]);
  await world.advance(1000);
  assert.equal(world.text("h1"), "Old headline");
  world.find("h2").className = "gone";
  await world.advance(100);
  assert.deepEqual([told[1], world.text("h1")], [[1, 0], "New headline"]);
});

const UNDONE: [name: string, ops: Op[], undo: (world: World) => unknown, holds: (world: World) => unknown][] = [
  ["a text", [headline], (world) => (world.find("h1").firstChild as Text).data = "Old headline", (world) => world.text("h1") === "New headline"],
  ["a text by another node", [headline], (world) => (world.find("h1").textContent = "Old headline"), (world) => world.text("h1") === "New headline"],
  ["an element", [headline], (world) => (world.find("h1").outerHTML = "<h1>Old headline</h1>"), (world) => world.text("h1") === "New headline"],
  ["an attribute", [title], (world) => world.find("h1").removeAttribute("title"), (world) => world.find("h1").title === "New"],
  ["a mark", [hidden], (world) => world.find(".sub").removeAttribute("data-evo"), (world) => world.find(".sub").matches(`[data-evo="0"]`)],
  ["a class", [{ op: "class", target: { css: "h1" }, add: ["big"] }], (world) => (world.find("h1").className = "x"),
    (world) => world.find("h1").className === "x big"],
  ["an insertion", [added], (world) => world.find("h1 + p").remove(), (world) => world.text("h1 + p") === "Added"],
  ["the whole page", [headline, added, hidden], (world) => (world.find("body").innerHTML = /<body>([^]*)<\/body>/.exec(HTML)![1]!),
    (world) => world.text("h1") === "New headline" && world.text("h1 + p") === "Added" && world.find(".sub").matches(`[data-evo="2"]`)],
];
for (const [name, ops, undo, holds] of UNDONE) {
  test(`does again what the page has undone: ${name}`, async () => {
    const { world, engine, told, gaveUp } = await shown(ops);
    for (let time = 0; time < 3; time += 1) {
      undo(world);
      await world.advance(100);
      assert.ok(holds(world), world.html);
    }
    assert.deepEqual([told.length, gaveUp(), engine.turns.length], [1, 0, 3]);
    engine.revert();
    assert.doesNotMatch(world.html, /New headline|Added|data-evo|title="New"|big/);
    assert.deepEqual(world.errors, []);
  });
}

test("what the page writes into another place is left alone, and is not overwritten by taking back", async () => {
  const { world, engine, told } = await shown([headline, title]);
  world.find("p").textContent = "Theirs";
  world.find("h1").setAttribute("lang", "en");
  await world.advance(100);
  engine.revert();
  assert.deepEqual([world.text("p"), world.find("h1").outerHTML, told.length], ["Theirs", `<h1 lang="en">Old headline</h1>`, 1]);
});

test("a page that rewrites a text has the last word on what stands there after taking back", async () => {
  const { world, engine } = await shown([headline]);
  (world.find("h1").firstChild as Text).data = "Price: 5";
  await world.advance(100);
  assert.equal(world.text("h1"), "New headline");
  engine.revert();
  assert.equal(world.text("h1"), "Price: 5");
});

test("classes that the page adds and takes away are its own, and no loss", async () => {
  const ops: Op[] = [{ op: "class", target: { css: "p" }, add: ["big", "a"], remove: ["b"] }];
  for (const [isLeft, left] of [[true, "a open b"], [false, " a  b "]] as const) {
    const { world, engine } = await shown(ops, new World(`<p class=" a  b ">x</p>`));
    for (let time = 0; time < 30; time += 1) {
      world.find("p").classList.toggle("open");
      await world.advance(100);
    }
    if (isLeft) world.find("p").classList.add("open");
    await world.advance(100);
    assert.deepEqual([world.find("p").className, engine.turns.length], [isLeft ? "a big open" : "a big", 0]);
    engine.revert();
    assert.equal(world.find("p").className, left);
  }
});

test("several operations on one element leave nothing behind after one of them was done again", async () => {
  const { world, engine, before } = await shown([title, headline]);
  world.find("h1").removeAttribute("title");
  await world.advance(100);
  assert.equal(world.find("h1").title, "New");
  engine.revert();
  assert.equal(world.html, before);
});

test("a moved element that the page takes away stays away", async () => {
  const { world, engine } = await shown([swap], new World(PAIR));
  world.find("#a").remove();
  await world.advance(1000);
  assert.equal(world.find("#box").innerHTML, `<p id="b">B</p>`);
  engine.revert();
  assert.equal(world.find("#box").innerHTML, `<p id="b">B</p>`);
  assert.deepEqual(world.errors, []);
});

test("a list that is drawn anew has each element once, in the patch's order", async () => {
  const { world, engine } = await shown([swap], new World(PAIR));
  for (let time = 0; time < 3; time += 1) {
    world.find("#box").innerHTML = `<p id="a">A</p><p id="b">B</p>`;
    await world.advance(100);
    assert.equal(world.find("#box").innerHTML, `<p id="b">B</p><p id="a" data-evo="0">A</p>`);
  }
  engine.revert();
  assert.equal(world.find("#box").innerHTML, `<p id="a">A</p><p id="b">B</p>`);
});

test("a container that is carried elsewhere takes its insertion along, once", async () => {
  const { world, engine } = await shown([added], new World(`<main><h1>x</h1></main><aside></aside>`));
  world.find("aside").append(...world.find("main").children);
  await world.advance(1000);
  assert.equal(world.page.document.querySelectorAll("p").length, 1);
  engine.revert();
  assert.equal(world.page.document.querySelectorAll("p").length, 0);
});

test("twenty times in ten seconds are too many: all is taken back, for good", async () => {
  const { world, engine, gaveUp } = await shown([headline, hidden]);
  const reset = () => (world.find("h1").textContent = "Fighting");
  let times = 0;
  while (world.text("h1") === "New headline" || !times) {
    reset();
    await world.advance(200);
    if ((times += 1) > 50) break;
  }
  assert.deepEqual([times, gaveUp(), engine.turns.length], [21, 1, 21]);
  assert.equal(world.text("h1"), "Fighting");
  assert.doesNotMatch(world.html, /data-evo/);
  reset();
  engine.settle();
  await world.advance(20_000);
  assert.deepEqual([world.text("h1"), gaveUp(), world.pending], ["Fighting", 1, 0]);
});

test("a page that answers every change costs little and ends", async () => {
  const { world, gaveUp } = await shown([headline]);
  const { MutationObserver, document } = world.page;
  new MutationObserver(() => {
    if (world.text("h1") !== "Mine") world.find("h1").textContent = "Mine";
  }).observe(document, { subtree: true, childList: true, characterData: true });
  world.find("h1").textContent = "Mine";
  await world.advance(60_000);
  assert.deepEqual([world.text("h1"), gaveUp()], ["Mine", 1]);
});

test("a slow page that undoes now and then is followed for ever", async () => {
  const { world, engine, gaveUp } = await shown([headline]);
  for (let time = 0; time < 60; time += 1) {
    world.find("h1").textContent = "Old headline";
    await world.advance(600);
    assert.equal(world.text("h1"), "New headline");
  }
  assert.deepEqual([gaveUp(), engine.turns.length], [0, 60]);
});

test("looking takes one part in twenty of the time at most", async () => {
  const world = new World();
  const { document } = world.page;
  let looks = 0;
  const find = document.querySelectorAll.bind(document);
  document.querySelectorAll = ((css: string) => {
    looks += 1;
    world.now += 10; // The page is huge.
    return find(css);
  }) as typeof find;
  const { show } = open(world);
  show([{ ...headline, target: { css: ".gone" } } as Op]);
  while (world.now < 4000) {
    document.body.append("x");
    await world.advance(5);
  }
  assert.ok(looks * 10 <= 4000 / 20 + 10, `${looks} looks`);
  assert.ok(looks > 10, `${looks} looks`);
});

test("a page that changes its address with every frame is looked at when it comes to rest", async () => {
  const world = new World();
  const { document } = world.page;
  let looks = 0;
  const find = document.querySelectorAll.bind(document);
  document.querySelectorAll = ((css: string) => ((looks += 1), find(css))) as typeof find;
  const { engine, told, show } = open(world);
  show([{ ...headline, target: { css: ".gone" } } as Op]);
  await world.advance(5000);
  looks = 0;
  for (let frame = 0; frame < 200; frame += 1) {
    engine.settle();
    await world.advance(16);
  }
  assert.ok(looks < 5, `${looks} looks`);
  await world.advance(10_000);
  assert.deepEqual(told, [[0, 1], [0, 1]]);
});

test("a picture that does not load takes the whole patch back", async () => {
  const world = new World();
  world.onPicture = () => Promise.reject(new Error("broken"));
  const { told, show } = open(world);
  const before = world.find("body").innerHTML;
  show([headline, picture]);
  assert.equal(world.text("h1"), "New headline");
  await world.advance(100);
  assert.deepEqual([told, world.text("h1"), world.rules], [[[0, 1]], "Old headline", ""]);
  assert.equal(world.find("#hero").outerHTML.length, /<img[^>]*>/.exec(before)![0].length);
  await world.advance(20_000);
  assert.equal(world.find("#hero").getAttribute("src"), "/a.png");
  assert.deepEqual([told.length, world.errors], [1, []]);
});

test("a source that is set as an attribute has to load too", async () => {
  const world = new World();
  world.onPicture = (src) => (src === "/b.png" ? Promise.reject(new Error("broken")) : Promise.resolve());
  const { told, show } = open(world);
  show([{ op: "attr", target: { css: "#hero" }, name: "src", value: "/b.png" }]);
  await world.advance(0);
  assert.deepEqual([told, world.find("#hero").getAttribute("src")], [[[0, 1]], "/a.png"]);
});

test("a picture that takes its time counts as shown", async () => {
  const world = new World();
  world.onPicture = () => new Promise(() => {});
  const { told, show } = open(world);
  show([picture]);
  await world.advance(1999);
  assert.deepEqual(told, []);
  await world.advance(1);
  assert.deepEqual(told, [[1, 0]]);
});

test("a picture that fails after the patch was taken back tells nothing", async () => {
  const world = new World();
  let fail = () => {};
  world.onPicture = () => new Promise((_, refuse) => (fail = () => refuse(new Error("broken"))));
  const { engine, told, show } = open(world);
  show([picture]);
  engine.revert();
  show([headline]);
  fail();
  await settle();
  assert.deepEqual([told, world.text("h1")], [[[1, 0]], "New headline"]);
});

test("another patch takes the place of the one that is there", async () => {
  const { world, engine, told, show, before } = await shown([title, hidden]);
  show([headline]);
  await world.advance(0);
  assert.deepEqual([told[1], world.find("h1").title, world.rules], [[1, 0], "", ""]);
  engine.revert();
  assert.equal(world.html, before);
});

test("a browser without style sheets made by script keeps its page as it was", async () => {
  const world = new World();
  Object.defineProperty(world.page, "CSSStyleSheet", {
    value: class {
      constructor() {
        throw new TypeError("Illegal constructor");
      }
    },
  });
  const { told, show } = open(world);
  const before = world.html;
  show([headline, hidden]);
  await world.advance(6000);
  assert.deepEqual([told.length, told[0]![0], world.html, world.errors], [1, 0, before, []]);
});

test("an error in the middle of a patch takes all of it back, and the page hears nothing", async () => {
  const world = new World();
  world.find("#cta").setAttribute = () => {
    throw new Error("theirs");
  };
  const { told, show } = open(world);
  show([headline, { op: "attr", target: { css: "#cta" }, name: "href", value: "/b" }]);
  await world.advance(6000);
  assert.deepEqual([told.length, told[0]![0], world.text("h1")], [1, 0, "Old headline"]);
  assert.deepEqual(world.errors, []);
});
