// Real Chromium against real processes. EVOLOOP_E2E_URL names the server under test;
// CHROMIUM the browser, when it is not Debian's.

import { defineConfig } from "@playwright/test";
import { CHROMIUM, QUIET, VISITOR } from "./support/browser.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  globalSetup: "./support/build-snippet.ts",
  // One after the other: the tests share one server, and two cores are not many.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    trace: "retain-on-failure",
    launchOptions: { executablePath: CHROMIUM, args: [...QUIET, ...VISITOR.args] },
  },
});
