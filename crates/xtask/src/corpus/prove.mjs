// Proves selectors in Chromium: each must mean exactly one element, and its fallbacks the same one.
//   prove.mjs FILE
// FILE: [{"id", "root", "entry", "selectors": [["css", "fallback", ...], ...]}]; the answer is printed as JSON:
// {"proved": N, "wrong": [{"id", "css", "found"}]}. Pages and their assets come from the disk, nothing from the network.

import { chromium } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const KINDS = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif" };
const HOST = "http://corpus.test/";

const pages = JSON.parse(await readFile(process.argv.at(-1), "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
});

async function fulfil(route, root) {
  const url = new URL(route.request().url());
  const below = normalize(decodeURIComponent(url.pathname)).replace(/^\/+/, "");
  if (`${url.origin}/` !== HOST || below.startsWith("..")) return route.abort();
  try {
    const body = await readFile(join(root, below));
    return await route.fulfill({ body, contentType: KINDS[extname(below).toLowerCase()] ?? "text/html" });
  } catch {
    return route.fulfill({ status: 404, body: "not found" });
  }
}

function look(selectors) {
  const wrong = [];
  for (const [css, ...fallbacks] of selectors) {
    const found = document.querySelectorAll(css);
    if (found.length !== 1) wrong.push({ css, found: found.length });
    for (const fallback of fallbacks) {
      const others = document.querySelectorAll(fallback);
      if (others.length !== 1 || others[0] !== found[0]) wrong.push({ css: fallback, found: others.length });
    }
  }
  return wrong;
}

try {
  let proved = 0;
  const wrong = [];
  for (const { id, root, entry, selectors } of pages) {
    // As written, and after the page's own scripts have run.
    for (const javaScriptEnabled of [false, true]) {
      const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 1280, height: 1000 } });
      const page = await context.newPage();
      await page.route("**/*", (route) => fulfil(route, root));
      await page.goto(HOST + entry.split("/").map(encodeURIComponent).join("/"), { waitUntil: "load", timeout: 30_000 });
      const found = await page.evaluate(look, selectors);
      wrong.push(...found.map((one) => ({ id, scripts: javaScriptEnabled, ...one })));
      proved += selectors.flat().length;
      await context.close();
    }
  }
  console.log(JSON.stringify({ proved, wrong }));
} finally {
  await browser.close();
}
