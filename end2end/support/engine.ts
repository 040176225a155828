// The snippet's own code in a page of a test: its engine and its rules, beside whatever the page is.

import type { Page } from "@playwright/test";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../snippet/src/engine.ts";
import type { isPatch } from "../../snippet/src/rules.ts";

/** What the bundle leaves in the window. */
export interface Bundle {
  openEngine(page: Window & typeof globalThis): Engine;
  isPatch: typeof isPatch;
}

const SOURCES = fileURLToPath(new URL("../../snippet/src", import.meta.url));
const RULES = "export function isPatch(";

/** The code as one script. Without its rules it lets everything through: the hole that tests must find. */
export async function bundled({ withRules = true } = {}): Promise<string> {
  const open = {
    name: "without rules",
    setup(it: import("esbuild").PluginBuild): void {
      it.onLoad({ filter: /snippet\/src\/rules\.ts$/ }, ({ path }) => {
        const [before, after, ...others] = readFileSync(path, "utf8").split(RULES);
        if (after === undefined || others.length) throw new Error("the rules have another shape than this test knows");
        return { contents: `${before}export const isPatch = () => true;\nexport function isPatchByTheRules(${after}`, loader: "ts" };
      });
    },
  };
  const built = await build({
    stdin: {
      contents: `export { openEngine } from "./engine.js"; export { isPatch } from "./rules.js";`,
      resolveDir: SOURCES,
      loader: "ts",
    },
    bundle: true,
    format: "iife",
    globalName: "evoloopUnderTest",
    target: "es2020",
    write: false,
    logLevel: "warning",
    plugins: withRules ? [] : [open],
  });
  return built.outputFiles[0]!.text;
}

/** Any picture, which loads at once. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>`;

/**
 * Answers every request of a page: its documents by path, and a picture for all else, which may be one that cannot be
 * read. Nothing leaves the browser.
 */
export async function answer(
  page: Page,
  documents: (path: string) => string | undefined,
  headers: Record<string, string> = {},
  isBroken = (_path: string) => false,
): Promise<void> {
  await page.context().route("**/*", (route) => {
    const { hostname, pathname } = new URL(route.request().url());
    const html = hostname === "page.example" ? documents(pathname) : undefined;
    return html === undefined
      ? route.fulfill({ contentType: "image/svg+xml", body: isBroken(pathname) ? "" : PICTURE })
      : route.fulfill({ contentType: "text/html; charset=utf-8", body: html, headers });
  });
}

/** Where the documents are. */
export const ORIGIN = "http://page.example";
