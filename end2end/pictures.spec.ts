// Pictures of a page and its variants, by a server of its own that has a browser; and a drawing without one.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { CHROMIUM } from "./support/browser.ts";
import { startCustomer } from "./support/customer.ts";
import { expect, test } from "./support/fixtures.ts";
import { addSite, signUp } from "./support/owner.ts";

const freePort = () =>
  new Promise<number>((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });

/** Starts the product with a browser. */
async function startWithBrowser(): Promise<{ url: string; stop(): Promise<void> }> {
  const binary = process.env["EVOLOOP_E2E_BINARY"];
  if (!binary) throw new Error("EVOLOOP_E2E_BINARY is not set; `cargo xtask test` sets it");
  const folder = await mkdtemp(join(tmpdir(), "evoloop-pictures-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const environment = {
    ...process.env,
    EVOLOOP_ADDR: url.slice("http://".length),
    EVOLOOP_PUBLIC_URL: url,
    EVOLOOP_DATA_DIR: folder,
    EVOLOOP_DATABASE_URL: "",
    EVOLOOP_ALLOW_PRIVATE_HOSTS: "127.0.0.1,localhost",
    EVOLOOP_CHROMIUM: CHROMIUM,
    EVOLOOP_CHROMIUM_SANDBOX: process.getuid?.() === 0 ? "off" : "on",
  };
  const root = fileURLToPath(new URL("..", import.meta.url));
  const child = spawn(binary, ["serve"], { cwd: root, env: environment, stdio: "inherit" });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const answers = () => fetch(`${url}/v1/health`).then((answer) => answer.ok, () => false);
  await expect.poll(answers, { timeout: 60_000 }).toBe(true);
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What the browser made of the pictures that stand there now. */
const shown = (page: Page) =>
  page.locator("[data-pictures] img").evaluateAll((all) =>
    (all as HTMLImageElement[]).map((image) => ({ alt: image.alt, width: image.naturalWidth, src: image.getAttribute("src")! })),
  );

// A picture that is opened by itself runs nothing, not even what the test puts into every page.
test.use({ allowed: [/Blocked script execution in '[^']*\/assets\//] });

test("a page and its variants are shown as visitors see them", async ({ page, newPerson }) => {
  test.setTimeout(300_000);
  const [customer, product] = [await startCustomer(), await startWithBrowser()];
  try {
    await signUp(page, product.url);
    const siteId = await addSite(page, product.url, customer.url);
    // Nobody reloads: what arrives is shown.
    await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(3, { timeout: 120_000 });
    await expect(page.getByRole("img", { name: /^Picture of Variant . on a phone$/ })).toHaveCount(3, { timeout: 120_000 });
    for (const image of await page.getByRole("img", { name: /^Picture of/ }).all()) await image.scrollIntoViewIfNeeded();
    await expect.poll(async () => (await shown(page)).every(({ width }) => [1280, 390].includes(width))).toBe(true);
    expect(await shown(page)).toHaveLength(8);
    expect(new Set((await shown(page)).map(({ src }) => src)).size, "every variant looks different").toBe(8);

    await page.goto(`${product.url}/app/sites/${siteId}?view=page`);
    const picture = page.getByRole("img", { name: "Picture of your page on a desktop" });
    await expect(picture).toBeVisible();
    // It opens by itself, for its owner and for nobody else.
    const [opened] = await Promise.all([page.waitForEvent("popup"), picture.click()]);
    await expect.poll(() => opened.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1280);
    const address = opened.url();
    await opened.close();
    const stranger = await newPerson();
    expect((await stranger.request.get(address)).status()).toBe(404);
    expect((await page.request.get(address)).headers()["cache-control"]).toBe("private, no-cache");

    // Taken anew by hand.
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Take new pictures" }).click();
    await expect(page.getByRole("progressbar", { name: "Taking pictures" })).toBeVisible();
    await expect(page.getByRole("progressbar", { name: "Taking pictures" })).toBeHidden({ timeout: 120_000 });
    await expect(picture).toBeVisible();
  } finally {
    await product.stop();
    customer.stop();
  }
});

test("without a browser, and without a program in one's own, a drawing is shown", async ({ page, server, browser }) => {
  const customer = await startCustomer();
  try {
    await signUp(page, server);
    const siteId = await addSite(page, server, customer.url);
    await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(3, { timeout: 60_000 });
    const cookies = await page.context().cookies();
    const plain = await browser.newContext({ javaScriptEnabled: false });
    await plain.addCookies(cookies);
    const still = await plain.newPage();
    await still.goto(`${server}/app/sites/${siteId}?view=page`);
    const drawing = still.getByRole("link", { name: "Drawing of your page; opens the whole picture" });
    const answer = await plain.request.get(new URL((await drawing.getAttribute("href"))!, server).href);
    expect(answer.headers()["content-type"]).toBe("image/svg+xml");
    expect(await answer.text()).toContain("Your walks, written");
    await expect(still.getByRole("button", { name: "Take new pictures" })).toHaveCount(0);
    await plain.close();
  } finally {
    customer.stop();
  }
});
