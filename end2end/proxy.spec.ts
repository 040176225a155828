// A page that comes through `evoloop proxy`: what is painted first is the variant, and the visit counts once.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { VISITOR } from "./support/browser.ts";
import { expect, test as base } from "./support/fixtures.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
// The untouched headline is red and large; the changed one, by its mark, green.
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kettle</title>
<style>body { margin: 0 } h1 { background: rgb(255, 0, 0); height: 300px; margin: 0 } h1[data-evo] { background: rgb(0, 255, 0) }</style>
</head><body><h1>Old headline</h1>${"<p>More below.</p>\n".repeat(500)}</body></html>`;

interface Through {
  url: string;
  site: string;
  variant: string;
}

const test = base.extend<{ through: Through }>({
  through: async ({}, use) => {
    const binary = process.env["EVOLOOP_E2E_BINARY"];
    if (!binary) throw new Error("EVOLOOP_E2E_BINARY is not set; `cargo xtask test` sets it");
    const folder = mkdtempSync(join(tmpdir(), "evoloop-end2end-"));
    const env = {
      ...process.env,
      EVOLOOP_DATA_DIR: folder,
      EVOLOOP_DATABASE_URL: `sqlite:${join(folder, "evoloop.db")}?mode=rwc`,
      RUST_LOG: "error",
    };
    const seeded = execFileSync(binary, ["seed", "--sites", "1", "--variants", "1"], { cwd: ROOT, env, encoding: "utf8" });
    const { site_id: site, variants } = JSON.parse(seeded) as {
      site_id: string;
      variants: { variant_id: string; is_control: boolean }[];
    };
    const origin = await listen(createServer((_, answer) => {
      answer.writeHead(200, { "content-type": "text/html" });
      answer.end(PAGE);
    }));
    const port = await free();
    const url = `http://127.0.0.1:${port}`;
    const proxy = spawn(
      binary,
      ["proxy", "--site", site, "--origin", address(origin), "--addr", `127.0.0.1:${port}`],
      { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] },
    );
    await healthy(url, proxy);
    await use({ url, site, variant: variants.find(({ is_control }) => !is_control)?.variant_id ?? "" });
    const ended = new Promise<void>((done) => proxy.once("exit", () => done()));
    proxy.kill("SIGTERM");
    await ended;
    origin.close();
    rmSync(folder, { recursive: true, force: true });
  },
});

test("what is painted first is the variant, and one impression says that it was applied", async ({ page, context, through }) => {
  const { url, site, variant } = through;
  const visitor = await visitorOf(url, site, variant);
  await context.addCookies([{ name: "evoloop_visitor", value: visitor, url }]);
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const text = document.querySelector("h1")?.textContent;
      if (text && seen.at(-1) !== text) seen.push(text);
    }).observe(document, { childList: true, characterData: true, subtree: true });
  });
  const events: { type: string; variant_id: string; visitor_id: string; metadata: { applied?: number } }[] = [];
  page.on("request", (request) => {
    if (!request.url().endsWith("/v1/event")) return;
    const sent = request.postDataJSON() as (typeof events)[number] | { events: typeof events };
    events.push(...("events" in sent ? sent.events : [sent]));
  });
  const session = await context.newCDPSession(page);
  const frames: string[] = [];
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    frames.push(data);
    void session.send("Page.screencastFrameAck", { sessionId });
  });
  await session.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Headline 1");
  await expect.poll(() => events.map(({ type }) => type)).toEqual(["impression"]);
  await session.send("Page.stopScreencast");

  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual(["Headline 1"]);
  expect(events[0]).toMatchObject({ variant_id: variant, visitor_id: visitor, metadata: { applied: 1 } });
  const colours = await Promise.all(frames.map((frame) => colourAt(page, frame)));
  expect(colours).toContain("green");
  expect(colours).not.toContain("red");
});

/** The colour of a frame where the headline is. */
const colourAt = (page: import("@playwright/test").Page, frame: string) =>
  page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    context?.drawImage(picture, 0, 0);
    const [red = 0, green = 0, blue = 0] = context?.getImageData(picture.width - 40, 150, 1, 1).data ?? [];
    if (red > 200 && green < 60 && blue < 60) return "red";
    return green > 200 && red < 60 && blue < 60 ? "green" : "neither";
  }, frame);

/** A visitor who gets this variant. */
async function visitorOf(url: string, site: string, variant: string): Promise<string> {
  for (let number = 0; number < 200; number += 1) {
    const asked = `${url}/v1/assign?site_id=${site}&visitor_id=visitor-${number}`;
    const answer = await fetch(asked, { headers: { "user-agent": VISITOR.userAgent } });
    if (((await answer.json()) as { variant_id: string }).variant_id === variant) return `visitor-${number}`;
  }
  throw new Error("nobody gets the variant");
}

const address = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const listen = (server: Server) =>
  new Promise<Server>((listening) => server.listen(0, "127.0.0.1", () => listening(server)));

async function free(): Promise<number> {
  const probe = await listen(createServer());
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function healthy(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    const answer = await fetch(`${url}/v1/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error("the proxy does not start");
}
