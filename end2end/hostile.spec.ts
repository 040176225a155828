// A copywriter that wants harm: what it wrote is shown to the owner and to visitors, and none of it runs.

import type { Page } from "@playwright/test";
import { startCustomer } from "./support/customer.ts";
import { expect, test } from "./support/fixtures.ts";
import { HONEST, SCRIPTS, startServerOfHostileModel } from "./support/hostile.ts";
import { addSite, approveAll, installElement, signUp } from "./support/owner.ts";
import { ORIGINAL, visit } from "./support/visit.ts";

/** What a script of the model would have left behind. */
const planted = (page: Page) => page.evaluate(() => (window as { __pwned?: number }).__pwned);

test("no script of a hostile model runs, in the dashboard or on the customer's page", async ({ page, newPerson }) => {
  test.setTimeout(240_000);
  const server = await startServerOfHostileModel();
  const customer = await startCustomer();
  try {
    await signUp(page, server.url);
    const siteId = await addSite(page, server.url, customer.url);
    await approveAll(page);

    // The owner reads what was rejected, as it was written.
    const rejected = page.locator("details", { hasText: "Drafts that broke a rule" });
    await rejected.locator("summary").first().click();
    for (const text of SCRIPTS) await expect(rejected.getByText(text, { exact: true }).first()).toBeVisible();
    // Explanations are nobody's to check, so they are shown as they are.
    await expect(page.getByText(SCRIPTS[0]!).first()).toBeVisible();
    expect(await planted(page)).toBeUndefined();
    await customer.install(await installElement(page));
    for (const view of ["", "?view=settings", "?view=install"]) {
      await page.goto(`${server.url}/app/sites/${siteId}${view}`, { waitUntil: "networkidle" });
      expect(await planted(page)).toBeUndefined();
    }

    // Visitors until every variant was shown: each shows an honest text, and nothing else was stored.
    const shown = new Set<string>();
    for (let visits = 0; visits < 60 && shown.size < HONEST.length; visits += 1) {
      const person = await newPerson();
      const { page: visited, texts } = await visit(person, customer.url);
      expect([ORIGINAL[0], ...HONEST]).toContain(texts[0]);
      expect(texts.slice(1)).toEqual(ORIGINAL.slice(1));
      expect(await planted(visited)).toBeUndefined();
      if (texts[0] !== ORIGINAL[0]) shown.add(texts[0]!);
      await person.close();
    }
    expect([...shown].sort()).toEqual([...HONEST].sort());
  } finally {
    customer.stop();
    await server.stop();
  }
});
