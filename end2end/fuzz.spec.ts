// Random patches with planted harm, in real Chromium: both engines agree, nothing runs, and each is taken back.
// EVOLOOP_E2E_PATCHES says how many, EVOLOOP_E2E_SEED where the random numbers begin.

import type { Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answer, bundled, ORIGIN, type Bundle } from "./support/engine.ts";
import { expect, test } from "./support/fixtures.ts";

declare const evoloopUnderTest: Bundle;

/** What the page of the test keeps. */
interface Watched {
  /** Set by whatever runs that no page wrote. */
  hit?: unknown;
  violations: string[];
}

/** A patch, and what the server's rules say of it. */
interface Line {
  json: string;
  refusal: string | null;
}

interface Tally {
  valid: number;
  applied: number;
  missed: number;
  slowest: number;
  problems: string[];
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COUNT = Number(process.env["EVOLOOP_E2E_PATCHES"] ?? 500);
const SEED = process.env["EVOLOOP_E2E_SEED"] ?? "3";
const GROUP = 250;
/** It only reports, so that what would run does run, and both are seen. */
const POLICY = { "content-security-policy-report-only": "script-src 'nonce-page'" };

function lines(): Line[] {
  const written = execFileSync("cargo", ["run", "--quiet", "--package", "fuzz", "--", "lines", "--count", `${COUNT}`, "--seed", SEED], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  return written.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Line);
}

async function open(page: Page, withRules: boolean): Promise<string[]> {
  const shop = readFileSync(`${ROOT}/crates/fuzz/pages/shop.html`, "utf8").replace("<script>", '<script nonce="page">');
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    const watched = window as unknown as Watched;
    watched.violations = [];
    // Some of what is planted calls it.
    Object.assign(window, { hit: undefined });
    document.addEventListener("securitypolicyviolation", (event) => {
      watched.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await answer(page, () => shop, POLICY);
  await page.goto(ORIGIN);
  await page.evaluate(await bundled({ withRules }) + "; window.evoloopUnderTest = evoloopUnderTest;");
  await page.evaluate(() => ((window as unknown as Watched).violations.length = 0));
  return dialogs;
}

/** Applies each patch that the browser's rules let through, provokes what it put there, and takes it back. */
function run(page: Page, group: Line[]): Promise<Tally> {
  return page.evaluate(async (group) => {
    const watched = window as unknown as Watched;
    const engine = evoloopUnderTest.openEngine(window);
    const tally: Tally = { valid: 0, applied: 0, missed: 0, slowest: 0, problems: [] };
    // The order of attributes is no part of a DOM: what was taken away comes back as the last one.
    const copy = () => document.documentElement.cloneNode(true) as Element;
    const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
    const provoke = async () => {
      for (const element of Array.from(document.querySelectorAll("[data-evo], [data-evo] *"))) {
        for (const type of ["mouseover", "focus", "error", "load"]) element.dispatchEvent(new Event(type, { bubbles: true }));
        if (element instanceof HTMLAnchorElement && element.href && !/^https?:$/.test(element.protocol)) {
          element.click();
          await pause(20);
        }
      }
    };
    for (const { json, refusal } of group) {
      const problem = (what: string) => tally.problems.push(`${what}: ${json.slice(0, 2000)}`);
      const began = performance.now();
      const patch = JSON.parse(json);
      const isValid = evoloopUnderTest.isPatch(patch);
      // A selector that is none, or of what is never touched, is a miss here.
      const isRead = isValid && /^(selector|forbidden_target)$/.test(refusal ?? "");
      if (isValid !== (refusal === null) && !isRead) problem(`disagreement, the server says ${refusal ?? "valid"}`);
      if (!isValid) {
        tally.slowest = Math.max(tally.slowest, performance.now() - began);
        continue;
      }
      tally.valid += 1;
      const before = copy();
      let report: number[] | undefined;
      engine.show({ variant_id: "", patch }, (missed) => (report = [missed ? 0 : patch.ops.length, missed]));
      // The page is ready, so what can be done is done at once; only pictures are waited for.
      const isThere = document.querySelector("[data-evo]") !== null;
      for (let waited = 0; isThere && !report && waited < 200; waited += 1) await pause(5);
      const shown = performance.now() - began;
      tally.slowest = Math.max(tally.slowest, shown);
      if (shown > 1000) problem(`it took ${Math.round(shown)} ms`);
      tally[isThere && report?.[0] === patch.ops.length ? "applied" : "missed"] += 1;
      await provoke();
      engine.revert();
      if (!document.documentElement.isEqualNode(before)) {
        const [is, was] = [copy().outerHTML, before.outerHTML];
        const at = [...was].findIndex((character, index) => character !== is[index]) - 60;
        problem(`another page when taken back, ${is.slice(at, at + 150)} instead of ${was.slice(at, at + 150)}`);
      }
      if (document.adoptedStyleSheets.length) problem("a style sheet is left");
      if (watched.hit !== undefined || watched.violations.length) problem(`something ran: ${watched.hit}, ${watched.violations}`);
      watched.hit = undefined;
      watched.violations.length = 0;
    }
    return tally;
  }, group);
}

test("random patches do no harm, and both engines agree about each", async ({ page }) => {
  test.setTimeout(120_000 + COUNT * 100);
  const all = lines();
  expect(all).toHaveLength(COUNT);
  const dialogs = await open(page, true);
  const total: Tally = { valid: 0, applied: 0, missed: 0, slowest: 0, problems: [] };
  const began = Date.now();
  for (let first = 0; first < all.length; first += GROUP) {
    const tally = await run(page, all.slice(first, first + GROUP));
    for (const key of ["valid", "applied", "missed"] as const) total[key] += tally[key];
    total.slowest = Math.max(total.slowest, tally.slowest);
    total.problems.push(...tally.problems);
  }
  const count = (word: string) => total.problems.filter((problem) => problem.startsWith(word)).length;
  console.log(
    `${COUNT} patches in ${(Date.now() - began) / 1000} s: ${total.valid} valid, ${total.applied} applied, ${total.missed} missed, ` +
      `slowest ${Math.round(total.slowest)} ms; ${count("disagreement")} disagreements, ${count("something ran")} ran, ${count("another page")} not taken back`,
  );
  expect(total.problems.slice(0, 20)).toEqual([]);
  expect(dialogs).toEqual([]);
  expect(total.valid).toBeGreaterThanOrEqual(COUNT * 0.3);
  expect(total.applied).toBeGreaterThan(COUNT * 0.1);
});

test.describe("without the rules", () => {
  test.use({ allowed: [/securitypolicyviolation/] });
  test("the canary finds a script", async ({ page }) => {
    await open(page, false);
    const ops = [{ op: "attr", target: { css: "#cta" }, name: "href", value: "javascript:void(window.hit=1)" }];
    const { problems } = await run(page, [{ json: JSON.stringify({ v: 1, ops }), refusal: null }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("something ran: 1");
    const handler = [{ op: "insert", at: { last: { css: "main" } }, node: { tag: "p", text: "x", attrs: { onmouseover: "window.hit=2" } } }];
    const other = await run(page, [{ json: JSON.stringify({ v: 1, ops: handler }), refusal: null }]);
    expect(other.problems[0]).toContain("something ran: 2");
  });
});
