// What an owner says about the page: by keyboard and by plain forms, kept when the page is read again.

import type { Page } from "@playwright/test";
import { startCustomer, type Customer } from "./support/customer.ts";
import { faults } from "./support/axe.ts";
import { expect, test as base } from "./support/fixtures.ts";
import { addSite, signUp } from "./support/owner.ts";
import { picture } from "./support/picture.ts";

const test = base.extend<{ customer: Customer }>({
  customer: async ({}, use) => {
    const customer = await startCustomer();
    await use(customer);
    customer.stop();
  },
});

/** Opens what was found, once it was. */
async function openPage(page: Page, server: string, siteId: string): Promise<void> {
  const address = `${server}/app/sites/${siteId}?view=page`;
  await expect
    .poll(async () => {
      await page.goto(address);
      return page.getByText("Your walks, written down").count();
    })
    .toBeGreaterThan(0);
}

const edits = (page: Page) => page.getByRole("region", { name: /^Your edits/ });
/** What an edit says; the button beside it says the same to those who hear it. */
const said = (page: Page, text: string) => edits(page).getByRole("paragraph").filter({ hasText: text });

// A value that cannot be is answered with this status, which the browser writes down.
test.use({ allowed: [/the server responded with a status of 422/] });

test("an owner edits what was found, by keyboard", async ({ page, server, customer }) => {
  test.setTimeout(120_000);
  await signUp(page, server);
  const siteId = await addSite(page, server, customer.url);
  await openPage(page, server, siteId);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Change Brand colour" }).press("Enter");
  const colour = page.getByLabel("Brand colour", { exact: true });
  await colour.fill("green");
  await colour.press("Enter");
  await expect(page.getByText("Write the colour as # and six digits, like #1a6f4b.")).toBeVisible();
  await colour.fill("#123456");
  await colour.press("Enter");
  await expect(said(page, "Brand colour: #123456")).toBeVisible();
  await expect(colour).toBeFocused();

  await page.getByRole("link", { name: "Change Headline", exact: true }).press("Enter");
  await page.getByLabel("Which element is the headline?").selectOption({ label: "Heading: Made for bad weather" });
  await page.getByRole("button", { name: "Save element" }).press("Enter");
  await expect(said(page, "Headline: “Made for bad weather”")).toBeVisible();
  await page.getByRole("button", { name: "Lock", exact: true }).press("Enter");
  await expect(page.getByText("Locked by you").first()).toBeVisible();
  await picture(page, "page-slot");
  await page.getByRole("link", { name: "Close Headline", exact: true }).press("Enter");
  await expect(page.getByLabel("Which element is the headline?")).toHaveCount(0);

  await page.getByLabel("Something true that your page does not say").fill("Used by 12,000 walkers.");
  await page.getByRole("button", { name: "Add fact" }).press("Enter");
  await expect(said(page, "True: “Used by 12,000 walkers.”")).toBeVisible();

  await page.getByRole("button", { name: "Read the page again" }).press("Enter");
  await expect.poll(async () => {
    const answer = await page.request.get(`${server}/api/jobs?site_id=${siteId}`);
    const jobs = (await answer.json()) as { kind: string; state: string }[];
    return jobs.filter(({ kind, state }) => kind === "analyze_site" && state === "done").length;
  }).toBe(2);
  await expect(edits(page).getByRole("listitem")).toHaveCount(4);
  await picture(page, "page");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await faults(page), colorScheme).toEqual([]);
  }

  await edits(page).getByRole("button", { name: /^Undo Brand colour/ }).press("Enter");
  await expect(edits(page).getByRole("listitem")).toHaveCount(3);
  // The button is gone with its line; who works by keyboard must not lose their place.
  await expect(page.getByRole("status").filter({ hasText: "The edit was taken back." })).toBeFocused();
});

test.describe("without a program in the browser", () => {
  test.use({ javaScriptEnabled: false });

  test("plain forms say the same", async ({ page, server, customer }) => {
    test.setTimeout(120_000);
    await signUp(page, server);
    const siteId = await addSite(page, server, customer.url);
    await openPage(page, server, siteId);
    await page.getByRole("link", { name: "Change Subheadline" }).click();
    await page.getByLabel("Which element is the subheadline?").selectOption("selector");
    await page.getByRole("button", { name: "Save element" }).click();
    await expect(page.getByText("Write a CSS selector, like #hero h1.")).toBeVisible();
    await page.getByLabel("Which element is the subheadline?").selectOption("none");
    await page.getByRole("button", { name: "Save element" }).click();
    await expect(said(page, "Subheadline: the page has none")).toBeVisible();

    await page.getByText(/^\d+ texts: /).click();
    await page.getByRole("link", { name: /^Change Made for bad weather/ }).click();
    await page.getByLabel("Whether variants may change it").selectOption("true");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(said(page, "“Made for bad weather”: stays as it is")).toBeVisible();
    await edits(page).getByRole("button", { name: /^Undo Subheadline/ }).click();
    await expect(edits(page).getByRole("listitem")).toHaveCount(1);
  });
});
