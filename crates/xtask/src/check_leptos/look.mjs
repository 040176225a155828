// Loads a page once in Chromium and prints, as JSON, what is seen of the edits and what the console complains about.
//   look.mjs URL

import { chromium } from "@playwright/test";

const url = process.argv.at(-1);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
});
try {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  let hydrated = false;
  page.on("response", (response) => {
    if (response.url().endsWith(".wasm") && response.ok()) hydrated = true;
  });
  // Live reload keeps a connection open, so the network never becomes idle.
  await page.goto(url, { waitUntil: "load", timeout: 20_000 });
  await page.waitForTimeout(1_500);
  const edited = await page.evaluate(() => document.body.dataset.edited === "yes");
  const outlined = await page.evaluate(() => getComputedStyle(document.body).outlineColor === "rgb(1, 2, 3)");
  console.log(JSON.stringify({ hydrated, edited, outlined, problems }));
} finally {
  await browser.close();
}
