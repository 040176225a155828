import assert from "node:assert/strict";
import { test } from "node:test";
import { isPatch } from "../src/rules.js";
import type { Patch } from "../src/wire.js";

const target = { css: "h1" };
const text = (value: unknown, extra: object = {}) => ({ op: "text", target, value, ...extra });
const attr = (name: string, value: unknown) => ({ op: "attr", target, name, value });
const image = (src: unknown, extra: object = {}) => ({ op: "image", target, src, ...extra });
const at = (given: object) => ({ op: "text", target: { css: "h1", ...given }, value: "New" });

const style = (set: unknown) => ({ op: "style", target, set });
const insert = (node: unknown, side = "last") => ({ op: "insert", at: { [side]: target }, node });
const nested = (levels: number): object => (levels > 1 ? { tag: "div", children: [nested(levels - 1)] } : { tag: "b", text: "x" });

const GOOD: [string, object[]][] = [
  ["nothing to do", []],
  ["a text", [text("New – “quoted” & <b>literal</b> 🎉")]],
  ["the longest text", [text("🎉".repeat(2000))]],
  ["every attribute", ["alt", "title", "placeholder", "aria-label"].map((name) => attr(name, "New"))],
  ["addresses", [attr("href", "/x?a=b#c"), attr("src", "https://cdn.example/a.png"), image("a.png", { alt: "A mug" })]],
  ["a full target", [at({ n: 2, tag: "h1", text: "Old", alt: ["main h1", "#a", ".b", "h1"] })]],
  ["names that only contain a forbidden word", [at({ css: ".head .stylesheet #script, .meta-box, .link" })]],
  ["styles", [style({ color: "rgb(0 0 0 / .5)", "margin-top": "calc(1px + (2em * 2))", width: "100%", "border-radius": "2px" })]],
  ["classes", [{ op: "class", target, add: ["a", "md-2:x/y"], remove: ["b"] }]],
  ["hide, move and every insertion", [{ op: "hide", target }, { op: "move", target, to: { before: { css: "p", n: 1 } } },
    ...["before", "after", "first", "last"].map((side) => insert({ tag: "p", text: "x" }, side))]],
  ["a whole card", [insert({ tag: "div", attrs: { class: "c", title: "t", "aria-label": "l" }, children: [
    { tag: "h2", text: "Title" }, { tag: "img", attrs: { src: "/a.png", alt: "A", width: "10", height: "20" } },
    { tag: "ul", children: [{ tag: "li", children: [{ tag: "a", text: "x", attrs: { href: "/x" } }] }] }, { tag: "hr" }] })]],
  ["five levels", [insert(nested(5))]],
  ["elements in any place", [insert({ tag: "p", children: [{ tag: "div", children: [{ tag: "li", text: "x" }] }, { tag: "a", children: [{ tag: "a", text: "x" }] }] })]],
  ["40 operations", Array.from({ length: 40 }, () => text("New"))],
];

const BAD: [string, object[]][] = [
  ["an unknown operation", [{ op: "html", target, value: "x" }]],
  ["an unknown field", [text("New", { html: "x" })]],
  ["an unknown field of the target", [at({ xpath: "//h1" })]],
  ["no target", [{ op: "text", value: "New" }]],
  ["41 operations", Array.from({ length: 41 }, () => text("New"))],
  ["more than 16 KiB", Array.from({ length: 9 }, () => text("x".repeat(2000)))],
  ["an empty text", [text(" ")]],
  ["a text that is none", [text(1)]],
  ["a long text", [text("x".repeat(2001))]],
  ["a control character", [text("a\u0000b")]],
  ["a line break", [text("a\nb")]],
  ["a mark that reorders", [text("a\u202eb")]],
  ["a handler", [attr("onclick", "x")]],
  ["a style attribute", [attr("style", "x")]],
  ["an attribute in capitals", [attr("HREF", "/x")]],
  ["a script address", [attr("href", "javascript:alert(1)")]],
  ["a script picture", [image("JaVaScRiPt:alert(1)")]],
  ["a data picture", [image("data:image/png;base64,AAAA")]],
  ["a text alternative that is none", [image("/a.png", { alt: 3 })]],
  ["a long selector", [at({ css: "é".repeat(501) })]],
  ["five fallbacks", [at({ alt: ["a", "b", "i", "u", "s"] })]],
  ["fallbacks that are none", [at({ alt: "h1" })]],
  ["a negative position", [at({ n: -1 })]],
  ["a fingerprint that is none", [at({ text: 1 })]],
  ["a selector beyond the subset", [at({ css: "a:hover" })]],
  ["a style without properties", [style({})]],
  ["21 properties", [style(Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`margin-${"a".repeat(index + 1)}`, "1px"])))]],
  ...["position", "Color", "--x", "background-image-x:a", "content", "z-index", "transform"].map((name): [string, object[]] => [`the property ${name}`, [style({ [name]: "x" })]]),
  ...["url(/a)", "red;x:y", "red}", "calc((1px)", "calc(1px))", "/*x*/", "", " ", "\\75rl(x)", "'x'", "uRl(x)", "((((1))))", "(1"].map(
    (value): [string, object[]] => [`the style value ${value.slice(0, 20)}`, [style({ color: value })]]),
  ["no classes at all", [{ op: "class", target }]],
  ["an empty list of classes", [{ op: "class", target, add: [] }]],
  ["eleven classes", [{ op: "class", target, add: Array.from({ length: 11 }, (_, index) => `c${index}`) }]],
  ...["a b", "", "a\"b", "a\\b", "x".repeat(101)].map((name): [string, object[]] => [`the class ${name.slice(0, 10)}`, [{ op: "class", target, add: [name] }]]),
  ["a move inside", [{ op: "move", target, to: { first: target } }]],
  ["a move to two places", [{ op: "move", target, to: { before: target, after: target } }]],
  ["a move to nowhere", [{ op: "move", target, to: {} }]],
  ["an insertion elsewhere", [insert({ tag: "p", text: "x" }, "replace")]],
  ...["script", "style", "iframe", "form", "input", "button", "svg", "h1", "SPAN", "object", "video"].map((tag): [string, object[]] => [
    `an inserted ${tag}`, [insert({ tag, text: "x" })]]),
  ["an inserted handler", [insert({ tag: "p", text: "x", attrs: { onclick: "x" } })]],
  ["an inserted id", [insert({ tag: "p", text: "x", attrs: { id: "x" } })]],
  ["an inserted style attribute", [insert({ tag: "p", text: "x", attrs: { style: "x" } })]],
  ["an inserted script address", [insert({ tag: "a", text: "x", attrs: { href: "javascript:x" } })]],
  ["a line with text", [insert({ tag: "div", text: "x", children: [{ tag: "br", text: "x" }] })]],
  ["six levels", [insert(nested(6))]],
  ["an unknown field of a node", [insert({ tag: "p", text: "x", html: "x" })]],
];

const patch = (ops: object[], v = 1) => ({ v, ops }) as unknown as Patch;

for (const [name, ops] of GOOD) test(`allows ${name}`, () => assert.equal(isPatch(patch(ops)), true));
for (const [name, ops] of BAD) test(`refuses ${name}`, () => assert.equal(isPatch(patch(ops)), false));

test("refuses other versions and what is no patch", () => {
  for (const value of [patch([], 2), { v: 1 }, { v: 1, ops: [], js: "x" }, null, "x"]) {
    assert.equal(isPatch(value as Patch), false, JSON.stringify(value));
  }
});

test("reads addresses as a browser does", () => {
  const allowed = ["/a", "a.png", "#top", "?x=1", "", " /a ", "http://x.example/", "https://x.example:8443/a"];
  const refused = ["//x.example/a", " //x.example", "\\\\x.example", "/\\x.example", "java\tscript:x", "mailto:a@b.example", "HTTP://x.example", 3, null];
  const allows = (value: unknown) => isPatch(patch([attr("href", value)]));
  // An empty address is no value of an attribute that a patch may set elsewhere.
  for (const address of allowed) assert.equal(allows(address), true, address);
  for (const address of refused) assert.equal(allows(address), false, String(address));
});
