import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { World, assignment, SITE } from "./harness.js";

// Tests run from snippet/dist/test/tests.
const read = (path: string) => readFileSync(new URL(path, import.meta.url));
const bundle = read("../../evoloop.js");

test("the bundle keeps its size budget", () => {
  const { gzip_bytes: budget } = JSON.parse(read("../../../budget.json").toString()) as { gzip_bytes: number };
  const size = gzipSync(bundle, { level: 9 }).length;
  assert.ok(size <= budget, `${size} bytes of ${budget}`);
});

test("the bundle runs as one script with one global", async () => {
  const world = new World(`<h1>Old headline</h1><script src="https://loop.example/evoloop.js" data-site="${SITE}"></script>`);
  world.onAssign = () => ({ body: assignment([{ op: "text", target: { css: "h1" }, value: "New headline" }]) });
  const before = new Set(Object.getOwnPropertyNames(world.page));
  Object.defineProperty(world.page.document, "currentScript", { value: world.find("script") });
  // The window is the bundle's global object, as on a page.
  new Function("window", "TextEncoder", `with (window) {${bundle.toString()}}`)(world.page, TextEncoder);
  await world.advance(100);
  assert.equal(world.text("h1"), "New headline");
  assert.deepEqual(world.sent.map(({ type }) => type), ["impression"]);
  assert.deepEqual(Object.getOwnPropertyNames(world.page).filter((name) => !before.has(name)), ["evoloop"]);
});
