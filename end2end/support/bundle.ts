// Builds the fixture sites: the part that a server runs, and the part that a browser runs.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { compile } from "svelte/compiler";
import { compileScript, parse } from "vue/compiler-sfc";

const FIXTURES = new URL("../fixtures/", import.meta.url);

const vue: Plugin = {
  name: "vue",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor } = parse(await readFile(path, "utf8"), { filename: path });
      const { content } = compileScript(descriptor, { id: basename(path), inlineTemplate: true });
      return { contents: content, loader: "js" };
    });
  },
};

const svelte = (generate: "server" | "client"): Plugin => ({
  name: "svelte",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, "utf8"), { filename: path, generate, dev: true });
      return { contents: js.code, loader: "js" };
    });
  },
});

/** Only the frameworks' builds for development complain when a page is not what they have drawn. */
const COMMON: BuildOptions = {
  bundle: true,
  write: false,
  target: "es2022",
  jsx: "automatic",
  jsxDev: true,
  conditions: ["development"],
  define: {
    "process.env.NODE_ENV": '"development"',
    __VUE_OPTIONS_API__: "true",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
  },
  loader: { ".html": "text" },
  logLevel: "warning",
};

function entry(fixture: string, part: string): string {
  const names = ["ts", "js", "jsx"].map((ending) => fileURLToPath(new URL(`${fixture}/${part}.${ending}`, FIXTURES)));
  const found = names.find((name) => existsSync(name));
  if (!found) throw new Error(`the fixture ${fixture} has no ${part}`);
  return found;
}

/** The site's script for browsers. */
export async function browserPart(fixture: string): Promise<string> {
  const built = await build({
    ...COMMON,
    entryPoints: [entry(fixture, "client")],
    platform: "browser",
    format: "iife",
    plugins: [vue, svelte("client")],
  });
  return built.outputFiles![0]!.text;
}

/** What the site's module for servers exports. */
export async function serverPart(fixture: string): Promise<Record<string, unknown>> {
  const built = await build({
    ...COMMON,
    entryPoints: [entry(fixture, "site")],
    platform: "node",
    format: "cjs",
    plugins: [vue, svelte("server")],
  });
  const module = { exports: {} };
  new Function("module", "exports", "require", built.outputFiles![0]!.text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  return module.exports;
}
