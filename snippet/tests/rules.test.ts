import assert from "node:assert/strict";
import { test } from "node:test";
import { isAddress, isPatch } from "../src/rules.js";
import type { Patch } from "../src/wire.js";
import { World } from "./harness.js";

const { page } = new World();
const target = { css: "h1" };
const text = (value: unknown, extra: object = {}) => ({ op: "text", target, value, ...extra });
const attr = (name: string, value: unknown) => ({ op: "attr", target, name, value });
const image = (src: unknown, extra: object = {}) => ({ op: "image", target, src, ...extra });
const at = (given: object) => ({ op: "text", target: { css: "h1", ...given }, value: "New" });

const GOOD: [string, object[]][] = [
  ["nothing to do", []],
  ["a text", [text("New – “quoted” & <b>literal</b> 🎉")]],
  ["the longest text", [text("🎉".repeat(2000))]],
  ["every attribute", ["alt", "title", "placeholder", "aria-label"].map((name) => attr(name, "New"))],
  ["addresses", [attr("href", "/x?a=b#c"), attr("src", "https://cdn.example/a.png"), image("a.png", { alt: "A mug" })]],
  ["a full target", [at({ n: 2, tag: "h1", text: "Old", alt: ["main h1", "#a", ".b", "h1"] })]],
  ["names that only contain a forbidden word", [at({ css: ".head .stylesheet #script, .meta-box, .link" })]],
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
  ["an empty selector", [at({ css: " " })]],
  ["a long selector", [at({ css: "é".repeat(251) })]],
  ["a forbidden selector", [at({ css: "body > script" })]],
  ["a forbidden selector in capitals", [at({ css: "HEAD>TITLE" })]],
  ["a forbidden fallback", [at({ alt: ["style"] })]],
  ["a forbidden tag", [at({ tag: "iframe" })]],
  ["five fallbacks", [at({ alt: ["a", "b", "i", "u", "s"] })]],
  ["fallbacks that are none", [at({ alt: "h1" })]],
  ["a negative position", [at({ n: -1 })]],
  ["a fingerprint that is none", [at({ text: 1 })]],
];

const patch = (ops: object[], v = 1) => ({ v, ops }) as unknown as Patch;

for (const [name, ops] of GOOD) test(`allows ${name}`, () => assert.equal(isPatch(page, patch(ops)), true));
for (const [name, ops] of BAD) test(`refuses ${name}`, () => assert.equal(isPatch(page, patch(ops)), false));

test("refuses other versions and what is no patch", () => {
  for (const value of [patch([], 2), { v: 1 }, { v: 1, ops: [], js: "x" }, null, "x"]) {
    assert.equal(isPatch(page, value as Patch), false, JSON.stringify(value));
  }
});

test("reads addresses as a browser does", () => {
  const allowed = ["/a", "a.png", "#top", "?x=1", "", " /a ", "http://x.example/", "https://x.example:8443/a"];
  const refused = ["//x.example/a", "\\\\x.example", "/\\x.example", "java\tscript:x", "mailto:a@b.example", "http://", 3, null];
  for (const address of allowed) assert.equal(isAddress(page, address), true, address);
  for (const address of refused) assert.equal(isAddress(page, address), false, String(address));
});
