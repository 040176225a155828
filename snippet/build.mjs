// Builds the snippet: one file for customers' pages, or the parts that its tests import.
//   node snippet/build.mjs [--out FILE]     bundles, prints the sizes; beside it goes evoloop-debug.js
//   node snippet/build.mjs --check          also fails when the bundle is over snippet/budget.json, or when
//                                           the server's own copy of the engine is not of these sources
//   node snippet/build.mjs --preview        writes that copy
//   node snippet/build.mjs --tests          compiles sources and tests to snippet/dist/test

import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: "string" },
    check: { type: "boolean" },
    preview: { type: "boolean" },
    tests: { type: "boolean" },
  },
});

/** Names of our own that no browser and no server knows. */
const INTERNAL = /^(bearer|rule|picture|spot|beside|moved|marked|change|leave|settle|revert|turns|traces|act)$/;

/**
 * Sources are handed the window as `page`, so that tests can have several. On a page it is the global object, and
 * its name need not travel. What a browser may lack is written as `page["name"]`, or taken out with a default.
 */
const globals = {
  name: "globals",
  setup({ onLoad }) {
    onLoad({ filter: /src\/\w+\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8")
        .replace(/^ *const \{[^{}:=]*\} = page;\n/gm, "")
        .replace(/\bpage\.(?=\w)/g, "")
        .replace(/([(,]\s*)page(: \w+)?(,\s*|(?=\)))/g, "$1");
      return { contents, loader: "ts" };
    });
  },
};

async function bundle(outfile) {
  const whole = (entry, outfile) =>
    build({
      entryPoints: [join(here, "src", entry)],
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
      plugins: [globals],
      define: { page: "window" },
      outfile,
      logLevel: "warning",
    });
  await whole("evoloop.ts", outfile);
  await whole("debug.ts", join(dirname(outfile), "evoloop-debug.js"));
  // A second pass takes off another twentieth.
  const { code } = await minify(readFileSync(outfile, "utf8").replace('"use strict";', ""), {
    ecma: 2022,
    toplevel: true,
    compress: { passes: 8, unsafe_arrows: true, keep_fargs: false, pure_getters: true, conditionals: false },
    mangle: { properties: { regex: INTERNAL } },
  });
  writeFileSync(outfile, code);
  const raw = readFileSync(outfile);
  const gzip = gzipSync(raw, { level: 9 }).length;
  const { gzip_bytes: budget } = JSON.parse(readFileSync(join(here, "budget.json"), "utf8"));
  console.log(`evoloop.js: ${raw.length} bytes, ${gzip} gzip, budget ${budget}`);
  return gzip <= budget;
}

/** The engine for the server's own browser, as the text that the server carries. */
async function preview() {
  const built = await build({
    entryPoints: [join(here, "src/preview.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "evoloopPreview",
    target: "es2020",
    charset: "ascii",
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  const note = "// Made of snippet/src/preview.ts by `node snippet/build.mjs --preview`; not to be edited.\n";
  return note + built.outputFiles[0].text;
}

async function compileTests() {
  const outdir = join(here, "dist/test");
  rmSync(outdir, { recursive: true, force: true });
  const sources = (folder) =>
    readdirSync(join(here, folder))
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
      .map((name) => join(here, folder, name));
  await build({
    entryPoints: [...sources("src"), ...sources("tests")],
    outbase: here,
    outdir,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
  });
}

const fits = await bundle(resolve(options.out ?? join(here, "dist/evoloop.js")));
if (options.tests) await compileTests();
const copy = resolve(here, "../crates/outbound/src/browser/preview.js");
if (options.preview) writeFileSync(copy, await preview());
if (options.check && readFileSync(copy, "utf8") !== (await preview())) {
  console.error("crates/outbound/src/browser/preview.js is not of these sources: node snippet/build.mjs --preview");
  process.exitCode = 1;
}
if (options.check && !fits) {
  console.error("the snippet is over its size budget");
  process.exitCode = 1;
}
