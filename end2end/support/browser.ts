// How the tests start Chromium.

import { existsSync } from "node:fs";

/** The browser to start. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
if (!existsSync(CHROMIUM)) throw new Error(`no browser at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM`);

/** Chromium without calls home; the sandbox cannot start as root. */
export const QUIET = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  "--disable-quic",
  "--disable-sync",
];

const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/**
 * What makes an automated browser look like a visitor's. The product has no other way around its rule on bots.
 * The name is given to the whole browser, because a beacon of a page that is gone forgets the name of its page.
 */
export const VISITOR = {
  args: ["--disable-blink-features=AutomationControlled", `--user-agent=${USER_AGENT}`],
  userAgent: USER_AGENT,
};
