import assert from "node:assert/strict";
import { test } from "node:test";
import { normalise, resolve } from "../src/locate.js";
import { isPatch } from "../src/rules.js";
import type { Target } from "../src/wire.js";
import { World } from "./harness.js";

const { page } = new World();

const found: [Target, string | null][] = [
  [{ css: "h1" }, "Old headline"],
  [{ css: "h1", tag: "h1", text: " Old\n headline " }, "Old headline"],
  [{ css: ".twin" }, null],
  [{ css: ".twin", n: 0 }, "One"],
  [{ css: ".twin", n: 1 }, "Two"],
  [{ css: ".twin", n: 2 }, null],
  [{ css: "h1", n: 0 }, "Old headline"],
  [{ css: ".twin", n: 0, text: "Two" }, null],
  [{ css: "h1", tag: "h2" }, null],
  [{ css: "h1", text: "Another" }, null],
  [{ css: "h1", text: "Another", alt: ["h1", "h2"] }, null],
  [{ css: ".gone" }, null],
  [{ css: ".gone", alt: [".twin", "h1"] }, "Old headline"],
  [{ css: ".gone", n: 1, alt: [".twin"] }, null],
  [{ css: ".gone", alt: [".cta"], tag: "h1" }, null],
  [{ css: "title" }, null],
  [{ css: ":root > :first-child > *" }, null],
];
for (const [target, expected] of found) {
  test(`${JSON.stringify(target)} means ${expected}`, () => assert.equal(resolve(page, target)?.textContent ?? null, expected));
}

test("white space is compared as one space", () => {
  assert.equal(normalise("  a \n\t b\u00a0c "), "a b c");
});

test("what stands in a style, a template or another document is never meant", () => {
  const world = new World(`<div><style>a{}</style></div><noscript><b>x</b></noscript><object><i>y</i></object><template><u>z</u></template>`);
  for (const css of ["style", "b", "object", "i", "u", "head"]) assert.equal(resolve(world.page, { css }), undefined, css);
});

const SUBSET = [
  "h1", "*", "#a", ".a.b", "a[href]", "a[href^='/x:y|z']", '[data-x="a b" i]', "main > p ~ p + p", "a, b",
  "li:first-child", "li:last-of-type", "li:nth-child(2n+1)", "li:nth-last-child(odd)", "p:only-of-type", "p:not(.a)",
  "p:not([title])", "a:not(:first-child)", ".sm\\:w-1", ".head .stylesheet #script", ".meta-box", "my-link",
];
const BEYOND = [
  "", "a:hover", "a::before", ":is(a)", ":has(a)", ":where(a)", "svg|a", "a || b", "& a", "a:lang(en)", ":root", "li:Last-Child", "a/**/b", `${"a".repeat(501)}`,
];
const allows = (css: string) => isPatch({ v: 1, ops: [{ op: "hide", target: { css } }] });
for (const css of SUBSET) test(`${css} is a selector of the language`, () => assert.equal(allows(css), true));
for (const css of BEYOND) test(`${css.slice(0, 20)} is none`, () => assert.equal(allows(css), false));
