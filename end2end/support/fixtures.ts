// The tests' own `test`: it fails on anything that the browser complains about.

import { test as base, type BrowserContext } from "@playwright/test";

interface Fixtures {
  /** Complaints that a test provokes on purpose. */
  allowed: RegExp[];
  /** Everything that browsers complained about so far. */
  troubles: string[];
  /** Opens a browser of its own for one more person, watched like the first. */
  newPerson: (options?: Parameters<import("@playwright/test").Browser["newContext"]>[0]) => Promise<BrowserContext>;
  /** Address of the server under test, without a slash at its end. */
  server: string;
}

/** What a framework in development says when the page is not what it has drawn. Vue and Svelte only warn. */
const HYDRATION = /hydrat|\[Vue warn\]|\[svelte\]|did not match/i;

/** Collects console errors, warnings about hydration, uncaught exceptions and violations of a content security policy. */
export async function watch(context: BrowserContext, troubles: string[]): Promise<void> {
  context.on("console", (message) => {
    const counts = message.type() === "error" || (message.type() === "warning" && HYDRATION.test(message.text()));
    if (counts) troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => troubles.push(`uncaught: ${error.error().message}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
}

export const test = base.extend<Fixtures>({
  allowed: [[], { option: true }],
  troubles: [
    async ({ allowed }, use) => {
      const troubles: string[] = [];
      await use(troubles);
      const unexpected = troubles.filter((trouble) => !allowed.some((pattern) => pattern.test(trouble)));
      if (unexpected.length) throw new Error(`the browser complained:\n${unexpected.join("\n")}`);
    },
    { auto: true },
  ],
  context: async ({ context, troubles }, use) => {
    await watch(context, troubles);
    await use(context);
  },
  newPerson: async ({ browser, contextOptions, userAgent, locale, troubles }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        ...(userAgent ? { userAgent } : {}),
        ...(locale ? { locale } : {}),
        ...options,
      });
      await watch(context, troubles);
      opened.push(context);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
  },
  server: async ({}, use) => {
    const address = process.env["EVOLOOP_E2E_URL"];
    if (!address) throw new Error("EVOLOOP_E2E_URL is not set; `cargo xtask test` starts a server and sets it");
    await use(address.replace(/\/+$/, ""));
  },
});

export { expect } from "@playwright/test";
