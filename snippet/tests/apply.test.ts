import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, normalise, resolve } from "../src/apply.js";
import type { Op, Patch, Target } from "../src/wire.js";
import { World, settle } from "./harness.js";

const text = (css: string, value: string, extra: Partial<Target> = {}): Op => ({ op: "text", target: { css, ...extra }, value });
const run = (world: World, ...ops: Op[]) => apply(world.page, { v: 1, ops });

test("finds exactly one element, or none", () => {
  const { page } = new World();
  const found: [Target, string | null][] = [
    [{ css: "h1" }, "Old headline"],
    [{ css: "h1", tag: "h1", text: " Old\n headline " }, "Old headline"],
    [{ css: ".twin" }, null],
    [{ css: ".twin", n: 1 }, "Two"],
    [{ css: ".twin", n: 2 }, null],
    [{ css: "h1", tag: "h2" }, null],
    [{ css: "h1", text: "Another" }, null],
    [{ css: ".gone" }, null],
    [{ css: ".gone", alt: [".twin", "::nonsense(", "h1"] }, "Old headline"],
    [{ css: ".gone", alt: [".cta"], tag: "h1" }, null],
    [{ css: "h1[" }, null],
    [{ css: ":root > :first-child > *" }, null],
  ];
  for (const [target, expected] of found) {
    assert.equal(resolve(page, target)?.textContent ?? null, expected, JSON.stringify(target));
  }
});

test("white space is compared as one space", () => {
  assert.equal(normalise("  a \n\t b\u00a0c "), "a b c");
  assert.equal(normalise(null), "");
});

test("writes into the text node that is there", async () => {
  const world = new World();
  const node = world.page.document.querySelector(".sub")!.firstChild!;
  assert.deepEqual(await run(world, text(".sub", "New <b>line</b>", { text: "Old line" })), { applied: 1, missed: 0 });
  assert.equal(world.text(".sub"), "New <b>line</b>");
  assert.equal(world.page.document.querySelector(".sub")!.firstChild, node);
  assert.equal(world.page.document.querySelector(".sub b"), null);
});

test("keeps icons and wrappers around the only text", async () => {
  const world = new World(`<a class="b"><svg><path d="M0"/></svg> <span><i>Start</i></span> </a>`);
  assert.deepEqual(await run(world, text(".b", "Begin")), { applied: 1, missed: 0 });
  assert.equal(world.page.document.querySelector(".b i")!.textContent, "Begin");
  assert.ok(world.page.document.querySelector(".b svg path"));
});

test("misses text on several levels, empty elements and untouchable ones", async () => {
  const world = new World(`<h2>Try <em>it</em></h2><p></p><div><style>a{}</style></div><template><b>x</b></template>`);
  for (const css of ["h2", "p", "div", "div > *", "title"]) {
    assert.deepEqual(await run(world, text(css, "New")), { applied: 0, missed: 1 }, css);
  }
});

test("applies all operations or none", async () => {
  const world = new World();
  const missing = await run(world, text("h1", "New"), text(".gone", "New"), text("h2", "New"));
  assert.deepEqual(missing, { applied: 0, missed: 2 });
  assert.equal(world.text("h1"), "Old headline");
  const both = await run(world, text("h1", "New", { text: "Old headline" }), text("h1", "Newer", { text: "Old headline" }));
  assert.deepEqual(both, { applied: 2, missed: 0 });
  assert.equal(world.text("h1"), "Newer");
});

test("a patch that breaks a rule touches nothing", async () => {
  const world = new World();
  const ops: Op[] = [text("h1", "New"), { op: "attr", target: { css: "#cta" }, name: "href", value: "javascript:x" }];
  assert.deepEqual(await run(world, ...ops), { applied: 0, missed: 2 });
  assert.deepEqual(await apply(world.page, { v: 2, ops: [] }), { applied: 0, missed: 1 });
  assert.deepEqual(await apply(world.page, null as unknown as Patch), { applied: 0, missed: 1 });
  assert.equal(world.text("h1"), "Old headline");
});

test("sets attributes", async () => {
  const world = new World();
  const ops: Op[] = [
    { op: "attr", target: { css: "#cta" }, name: "href", value: "/buy?v=2" },
    { op: "attr", target: { css: "input" }, name: "placeholder", value: "you@work.example" },
  ];
  assert.deepEqual(await run(world, ...ops), { applied: 2, missed: 0 });
  assert.equal(world.page.document.querySelector("#cta")!.getAttribute("href"), "/buy?v=2");
  assert.equal(world.page.document.querySelector("input")!.placeholder, "you@work.example");
});

/** A picture of 600 by 400 pixels that has loaded, as a browser with a layout reports it. */
function heroOf(world: World): HTMLImageElement {
  const hero = world.page.document.querySelector<HTMLImageElement>("#hero")!;
  const first = hero.getAttribute("src");
  Object.defineProperties(hero, {
    complete: { get: () => hero.getAttribute("src") === first, configurable: true },
    width: { get: () => 600, set: (value) => hero.setAttribute("width", String(value)) },
    height: { get: () => 400, set: (value) => hero.setAttribute("height", String(value)) },
  });
  return hero;
}
const picture: Op = { op: "image", target: { css: "#hero" }, src: "/b.png", alt: "New" };

test("shows another picture in the same box", async () => {
  const world = new World();
  const hero = heroOf(world);
  const done = run(world, picture);
  assert.equal(hero.getAttribute("src"), "/b.png");
  hero.dispatchEvent(new world.page.Event("load"));
  assert.deepEqual(await done, { applied: 1, missed: 0 });
  assert.equal(hero.alt, "New");
  assert.equal(hero.hasAttribute("srcset") || hero.hasAttribute("sizes"), false);
  assert.equal(world.page.document.querySelector("source")!.hasAttribute("srcset"), false);
  assert.deepEqual([hero.getAttribute("width"), hero.getAttribute("height")], ["600", "400"]);
});

test("keeps the size that the page gives a picture", async () => {
  const world = new World();
  const hero = heroOf(world);
  hero.setAttribute("width", "1200");
  hero.setAttribute("height", "800");
  const done = run(world, { op: "image", target: { css: "#hero" }, src: "/b.png" });
  hero.dispatchEvent(new world.page.Event("load"));
  await done;
  assert.deepEqual([hero.getAttribute("width"), hero.alt], ["1200", "Old"]);
});

test("a picture that does not load takes the whole patch back", async () => {
  const world = new World();
  const hero = heroOf(world);
  hero.setAttribute("style", "opacity: 0.5");
  const before = world.page.document.body.innerHTML;
  const ops: Op[] = [text("h1", "New"), picture, { op: "attr", target: { css: "#cta" }, name: "title", value: "New" }];
  const done = run(world, ...ops);
  assert.equal(world.text("h1"), "New");
  hero.dispatchEvent(new world.page.Event("error"));
  assert.deepEqual(await done, { applied: 0, missed: 1 });
  const normal = (html: string) => html.replace(/style="opacity: 0\.5;?"/, "STYLE").replace(/ (STYLE)|(alt="Old")/g, "");
  assert.equal(normal(world.page.document.body.innerHTML), normal(before));
  assert.equal(hero.style.opacity, "0.5");
});

test("a picture that is slow, cached or left behind counts as shown", async () => {
  const slow = new World();
  heroOf(slow);
  const bySize = run(slow, picture);
  await slow.advance(2000);
  assert.deepEqual(await bySize, { applied: 1, missed: 0 });

  const left = new World();
  heroOf(left);
  const byLeaving = run(left, { op: "attr", target: { css: "#hero" }, name: "src", value: "/b.png" });
  left.page.dispatchEvent(new left.page.Event("pagehide"));
  assert.deepEqual(await byLeaving, { applied: 1, missed: 0 });

  const cached = new World();
  Object.defineProperty(heroOf(cached), "complete", { value: true });
  await settle();
  assert.deepEqual(await run(cached, picture), { applied: 1, missed: 0 });
});

test("an image operation needs an image", async () => {
  const world = new World();
  assert.deepEqual(await run(world, { ...picture, target: { css: "h1" } } as Op), { applied: 0, missed: 1 });
});
