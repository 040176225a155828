// The language-neutral cases against the snippet's own code, in real Chromium.

import type { Patch } from "../snippet/src/wire.ts";
import { canonical, casesOf, expanded } from "./support/cases.ts";
import { answer, bundled, ORIGIN, type Bundle } from "./support/engine.ts";
import { expect, test } from "./support/fixtures.ts";

declare const evoloopUnderTest: Bundle;

/** A page on which a patch would find whatever it looks for. */
const FULL = `<!DOCTYPE html><html><head><title>T</title><style></style><meta name="m"><link rel="x"><base target="_self"></head><body><main>
  <h1>Old</h1><script class="x" type="text/plain"></script><ul><li>A</li></ul><a>b</a><object></object></main>
  <div><iframe></iframe><p>Text</p><div id="b"></div><style></style></div></body></html>`;
/** So many at once, because a miss is waited for. */
const GROUP = 100;

test("the browser keeps the rules of the language, case by case", async ({ page }) => {
  const cases = casesOf("rules").filter(({ kind, where }) => kind !== "import" && where !== "server");
  expect(cases.length).toBeGreaterThan(90);
  await answer(page, (path) => (path === "/full" ? FULL : "<!DOCTYPE html><title>Cases</title>"));
  await page.goto(ORIGIN);
  await page.addScriptTag({ content: await bundled() });
  const given = cases.map(({ name, kind, patch }) => [name, kind, JSON.stringify(canonical(expanded(patch)))] as const);
  const [wrong, missed] = await page.evaluate(async (given) => {
    const isApplied = async (json: string): Promise<boolean> => {
      const frame = document.createElement("iframe");
      const loaded = new Promise((done) => (frame.onload = done));
      frame.src = "/full";
      document.body.append(frame);
      await loaded;
      const inside = frame.contentWindow as Window & typeof globalThis;
      const before = inside.document.documentElement.cloneNode(true);
      const engine = evoloopUnderTest.openEngine(inside);
      const missed = await new Promise((done) => engine.show({ variant_id: "", patch: JSON.parse(json) }, done));
      const isSame = inside.document.documentElement.isEqualNode(before) && !inside.document.adoptedStyleSheets.length;
      frame.remove();
      return !(missed && isSame);
    };
    const wrong: string[] = [];
    let missed = 0;
    const judge = async ([name, kind, json]: (typeof given)[number]) => {
      const isPatch = evoloopUnderTest.isPatch(JSON.parse(json));
      // What no browser reads as a selector, and what is never touched, it misses: nothing is changed either.
      if (kind === "refused" && isPatch) missed += 1;
      if (kind === "valid" ? !isPatch : isPatch && (await isApplied(json))) wrong.push(`${name} should be ${kind}`);
    };
    await Promise.all(given.map(judge));
    return [wrong, missed] as const;
  }, given);
  expect(wrong).toEqual([]);
  console.log(`${cases.length} rules, ${missed} of them kept by the engine`);
});

// Some pages of the cases have a script that is no script.
test.use({ allowed: [/^uncaught: [xy] is not defined$/] });

test("patches on pages: the expected page, its rules, and the page as it was", async ({ page }) => {
  const cases = casesOf("patch").filter(({ kind }) => ["apply", "miss", "left"].includes(kind));
  expect(cases.length).toBeGreaterThan(90);
  const given = cases.map(({ name, kind, patch, css }, index) => ({ name, kind, index, patch: canonical(patch) as Patch, css }));
  const shown = given.flatMap(({ patch }) => patch.ops.map((op) => (op.op === "image" ? op.src : op.op === "attr" ? op.value : "")));
  // The pictures of the pages do not load, so that no box is measured, as in HTML text; those of the patches do.
  const isBroken = (path: string) => !shown.includes(path);
  const documents = (path: string) => {
    const [, part, number] = path.split("/");
    if (part === "html") return cases[Number(number)]?.html;
    if (part === "expected") return cases[Number(number)]?.expected ?? "";
    return part ? undefined : "<!DOCTYPE html><title>Cases</title>";
  };
  await answer(page, documents, {}, isBroken);
  await page.goto(ORIGIN);
  await page.addScriptTag({ content: await bundled() });
  const wrong: string[] = [];
  // Frames, because scripting is on in them: it decides what `noscript` holds.
  for (let first = 0; first < given.length; first += GROUP) {
    const found = await page.evaluate(async (given) => {
      const opened = (path: string): Promise<HTMLIFrameElement> =>
        new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.onload = () => done(frame);
          frame.src = path;
          document.body.append(frame);
        });
      const rulesOf = (sheets: readonly CSSStyleSheet[]) => sheets.flatMap(({ cssRules }) => Array.from(cssRules, ({ cssText }) => cssText)).join("\n");
      const run = async ({ name, kind, index, patch, css }: (typeof given)[number]): Promise<string[]> => {
        const frame = await opened(`/html/${index}`);
        const inside = frame.contentWindow as Window & typeof globalThis;
        const copy = () => inside.document.documentElement.cloneNode(true) as Element;
        const engine = evoloopUnderTest.openEngine(inside);
        const before = copy();
        const missed = await new Promise<number>((done) => engine.show({ variant_id: "", patch }, done));
        const after = copy();
        const problems: string[] = [];
        const same = (what: string, is: unknown, wanted: unknown) => {
          if (is !== wanted) problems.push(`${name}: ${what}\n   is ${is}\n  not ${wanted}`);
        };
        // The order of attributes is no part of a DOM.
        const sameTree = (what: string, is: Element, wanted: Element) => {
          if (!is.isEqualNode(wanted)) same(what, is.outerHTML, `${wanted.outerHTML} `);
        };
        if (kind === "miss") {
          same("misses", !!missed, true);
          sameTree("page after a miss", after, before);
        } else if (kind === "left") {
          // Where text cannot say it, a browser's tree can.
          same("misses", missed, 0);
          same("a change", after.isEqualNode(before), false);
        } else {
          const other = await opened(`/expected/${index}`);
          const wanted = other.contentWindow!.document;
          const written = Array.from(wanted.querySelectorAll("style[data-evo]"), (style) => (style.remove(), style.textContent)).join("");
          const sheet = new inside.CSSStyleSheet();
          sheet.replaceSync(css ?? written);
          same("misses", missed, 0);
          // A parser makes no empty texts, and none beside another.
          after.normalize();
          wanted.normalize();
          sameTree("page", after, wanted.documentElement);
          same("rules", rulesOf(inside.document.adoptedStyleSheets), rulesOf([sheet]));
          other.remove();
        }
        engine.revert();
        sameTree("page taken back", copy(), before);
        same("sheets left", inside.document.adoptedStyleSheets.length, 0);
        frame.remove();
        return problems;
      };
      return (await Promise.all(given.map(run))).flat();
    }, given.slice(first, first + GROUP));
    wrong.push(...found);
  }
  expect(wrong).toEqual([]);
});
