// Every operation on its own: what it does, when it misses, and that nothing of it stays.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../src/engine.js";
import type { Op, Target } from "../src/wire.js";
import { World } from "./harness.js";

const LIST = `<ul><li class="a">A</li><li class="b">B</li><li class="c">C</li></ul>`;
/** The page as it is; the order of attributes means nothing. */
const page = (world: World): string =>
  world.html.replace(/<([a-z0-9]+)((?: [a-z-]+="[^"]*")+)/g, (_all, tag: string, given: string) =>
    `<${tag} ${given.match(/[a-z-]+="[^"]*"/g)!.sort().join(" ")}`,
  );
const open = async (html: string, ops: Op[], prepare = (_world: World): unknown => 0) => {
  const world = new World(html);
  prepare(world);
  const before = page(world);
  const engine = openEngine(world.page);
  const told: [applied: number, missed: number][] = [];
  engine.show({ variant_id: "v", patch: { v: 1, ops } }, (missed) => told.push([missed ? 0 : ops.length, missed]));
  await world.advance(0);
  return { world, engine, told, before, body: world.find("body").innerHTML };
};

const at = (css: string, more: Partial<Target> = {}) => ({ target: { css, ...more } });
const text = (css: string, value: string, more: Partial<Target> = {}): Op => ({ op: "text", ...at(css, more), value });
const style = (css: string, set: Record<string, string>): Op => ({ op: "style", ...at(css), set });
const classes = (css: string, add?: string[], remove?: string[]): Op => ({ op: "class", ...at(css), ...(add && { add }), ...(remove && { remove }) });
const move = (css: string, side: "before" | "after", beside: string): Op =>
  ({ op: "move", ...at(css), to: { [side]: { css: beside } } as { before: Target } });
const insert = (side: string, css: string, node: object): Op => ({ op: "insert", at: { [side]: { css } }, node }) as unknown as Op;
const span = { tag: "span", text: "New" };

const APPLIED: [name: string, html: string, ops: Op[], body: string, rules?: string][] = [
  ["text into the node that is there", `<p>Old <!-- c --> line</p>`, [text("p", "New <b>line</b>", { text: "Old line" })],
    `<p data-evo="0">New &lt;b&gt;line&lt;/b&gt;<!-- c --></p>`],
  ["text beside icons and inside wrappers", `<a> <svg></svg><i>Go</i> </a>`, [text("a", "Start")], `<a data-evo="0"> <svg></svg><i>Start</i> </a>`],
  ["two texts on one element", `<h1>Old</h1>`, [text("h1", "One"), text("h1", "Two")], `<h1 data-evo="0 1">Two</h1>`],
  ["an attribute that is new", `<a>x</a>`, [{ op: "attr", ...at("a"), name: "href", value: "/b" }], `<a href="/b" data-evo="0">x</a>`],
  ["an attribute that was there", `<a href="/a">x</a>`, [{ op: "attr", ...at("a"), name: "href", value: "/b" }], `<a href="/b" data-evo="0">x</a>`],
  ["style, with its properties in order", `<p>x</p>`, [style("p", { "padding-top": "2px", color: "red" })], `<p data-evo="0">x</p>`,
    `[data-evo~="0"]{color:red!important;padding-top:2px!important}`],
  ["hide", `<p>x</p>`, [{ op: "hide", ...at("p") }], `<p data-evo="0">x</p>`, `[data-evo~="0"]{display:none!important}`],
  ["one sheet for all rules, by number", `<p>x</p><b>y</b>`, [text("b", "z"), style("p", { color: "red" }), { op: "hide", ...at("p") }],
    `<p data-evo="1 2">x</p><b data-evo="0">z</b>`, `[data-evo~="1"]{color:red!important}[data-evo~="2"]{display:none!important}`],
  ["classes added and removed", `<p class=" a  b a ">x</p>`, [classes("p", ["c", "b"], ["a"])], `<p class="b c" data-evo="0">x</p>`],
  ["classes where there are none", `<p>x</p>`, [classes("p", ["c"])], `<p class="c" data-evo="0">x</p>`],
  ["no class attribute for nothing", `<p>x</p>`, [classes("p", undefined, ["c"])], `<p data-evo="0">x</p>`],
  ["an empty class attribute that stays", `<p class="c">x</p>`, [classes("p", undefined, ["c"])], `<p class="" data-evo="0">x</p>`],
  ["a move forward", LIST, [move(".c", "before", ".a")], `<ul><li class="c" data-evo="0">C</li><li class="a">A</li><li class="b">B</li></ul>`],
  ["a move back", LIST, [move(".a", "after", ".c")], `<ul><li class="b">B</li><li class="c">C</li><li class="a" data-evo="0">A</li></ul>`],
  ["two moves", LIST, [move(".a", "after", ".c"), move(".b", "after", ".c")],
    `<ul><li class="c">C</li><li class="b" data-evo="1">B</li><li class="a" data-evo="0">A</li></ul>`],
  ["a move of what has changed", LIST, [text(".a", "New"), move(".a", "after", ".b")],
    `<ul><li class="b">B</li><li class="a" data-evo="0 1">New</li><li class="c">C</li></ul>`],
  ...(["before", "after", "first", "last"] as const).map((side): [string, string, Op[], string] => [
    `an insertion ${side}`, `<div><b>y</b></div>`, [insert(side, "div", span)],
    { before: `<span data-evo="0">New</span><div><b>y</b></div>`, after: `<div><b>y</b></div><span data-evo="0">New</span>`,
      first: `<div><span data-evo="0">New</span><b>y</b></div>`, last: `<div><b>y</b><span data-evo="0">New</span></div>` }[side]]),
  ["an insertion with all its parts", `<div></div>`,
    [insert("last", "div", { tag: "p", text: "See ", attrs: { title: "t", class: "c" }, children: [{ tag: "a", text: "<more>", attrs: { href: "/m" } }, { tag: "br" }] })],
    `<div><p class="c" title="t" data-evo="0">See <a href="/m">&lt;more&gt;</a><br></p></div>`],
  ["two insertions at one place", `<div></div>`, [insert("after", "div", span), insert("after", "div", { tag: "b", text: "Nearer" })],
    `<div></div><b data-evo="1">Nearer</b><span data-evo="0">New</span>`],
  ["an insertion beside what others change", LIST, [text(".b", "New"), insert("after", ".b", { tag: "li", text: "D" })],
    `<ul><li class="a">A</li><li class="b" data-evo="0">New</li><li data-evo="1">D</li><li class="c">C</li></ul>`],
  ["a picture in the box of its attributes", `<picture><source srcset="/a.webp" sizes="1px"><img src="/a.png" srcset="/b.png 2x" sizes="1px" width="600" height="400" alt="Old"></picture>`,
    [{ op: "image", ...at("img"), src: "/new.png", alt: "New" }],
    `<picture><source><img src="/new.png" width="600" height="400" alt="New" data-evo="0"></picture>`,
    `:where([data-evo~="0"]){aspect-ratio:600/400;object-fit:cover}`],
  ["a picture of unknown size, and its text kept", `<img src="/a.png" width="100%" height="0" alt="Old">`, [{ op: "image", ...at("img"), src: "/new.png" }],
    `<img src="/new.png" width="100%" height="0" alt="Old" data-evo="0">`],
  ["a text alternative that becomes empty", `<img src="/a.png" alt="Old">`, [{ op: "image", ...at("img"), src: "/new.png", alt: "" }],
    `<img src="/new.png" alt="" data-evo="0">`],
];
for (const [name, html, ops, body, rules = ""] of APPLIED) {
  test(`applies ${name}, and takes it back`, async () => {
    const tried = await open(html, ops);
    assert.deepEqual(tried.told, [[ops.length, 0]]);
    assert.equal(tried.body, body);
    assert.equal(tried.world.rules, rules);
    assert.ok(tried.world.page.document.adoptedStyleSheets.length <= 1);
    tried.engine.revert();
    assert.equal(page(tried.world), tried.before);
    assert.equal(tried.world.page.document.adoptedStyleSheets.length, 0);
    await tried.world.advance(20_000);
    assert.equal(page(tried.world), tried.before);
    assert.deepEqual([tried.told.length, tried.world.errors], [1, []]);
  });
}

const MISSES: [name: string, html: string, ops: Op[], missed?: number][] = [
  ["text on several levels", `<h2>Try <em>it</em></h2>`, [text("h2", "New")]],
  ["text of an empty element", `<p> <b></b></p>`, [text("p", "New")]],
  ["text that only a style holds", `<div><style>a{}</style></div>`, [text("div", "New")]],
  ["a picture that is none", `<p>x</p>`, [{ op: "image", ...at("p"), src: "/a.png" }]],
  ["a style that the browser does not know", `<p>x</p>`, [style("p", { color: "bogus" })]],
  ["a move beside itself", LIST, [move(".a", "after", ".a")]],
  ["a move into another parent", `<div><b>x</b></div><i>y</i>`, [move("b", "after", "i")]],
  ["a move beside what is gone", LIST, [move(".a", "after", ".d")]],
  ["an insertion beside what is gone", LIST, [insert("after", ".d", { tag: "li", text: "D" })]],
  ["one of three", `<h1>x</h1>`, [text("h1", "New"), text(".gone", "New"), { op: "hide", ...at(".gone") }], 2],
];
for (const [name, html, ops, missed = 1] of MISSES) {
  test(`misses ${name}, and changes nothing`, async () => {
    const tried = await open(html, ops);
    assert.deepEqual([tried.told, page(tried.world)], [[], tried.before]);
    await tried.world.advance(5000);
    assert.deepEqual([tried.told, page(tried.world)], [[[0, missed]], tried.before]);
    assert.deepEqual(tried.world.errors, []);
  });
}

test("the same text nodes stay, because frameworks keep them", async () => {
  let node: Node | null = null;
  const { world } = await open(`<p>Old</p>`, [text("p", "New")], (world) => (node = world.page.document.querySelector("p")!.firstChild));
  assert.equal(world.find("p").firstChild, node);
});

test("a moved element is the same element", async () => {
  let moved: Element | undefined;
  const { world } = await open(LIST, [move(".a", "after", ".c")], (world) => (moved = world.find(".a")));
  assert.equal(world.find("ul").lastElementChild, moved);
});

test("a loaded picture keeps the box that the browser has measured", async () => {
  const measure = (isComplete: boolean) => (world: World) =>
    Object.defineProperties(world.find("img"), { naturalWidth: { value: isComplete ? 600 : 0 }, width: { value: 600 }, height: { value: 400 } });
  const ops: Op[] = [{ op: "image", ...at("img"), src: "/new.png" }];
  const loaded = await open(`<img src="/a.png">`, ops, measure(true));
  assert.equal(loaded.world.rules, `:where([data-evo~="0"]){aspect-ratio:600/400;object-fit:cover}`);
  const loading = await open(`<img src="/a.png">`, ops, measure(false));
  assert.deepEqual([loading.world.rules, loading.told], ["", [[1, 0]]]);
});

test("the page's own style sheets stay", async () => {
  const own = {} as CSSStyleSheet;
  const { world, engine } = await open(`<p>x</p>`, [{ op: "hide", ...at("p") }], (world) => (world.page.document.adoptedStyleSheets = [own]));
  assert.equal(world.page.document.adoptedStyleSheets.length, 2);
  engine.revert();
  assert.deepEqual(world.page.document.adoptedStyleSheets, [own]);
});
