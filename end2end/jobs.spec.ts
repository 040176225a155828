// Background work as its owner sees it: it goes on without anybody, can be stopped and asked for again, and says
// what it refused.

import type { Page } from "@playwright/test";
import { startCustomer, type Customer } from "./support/customer.ts";
import { expect, test as base } from "./support/fixtures.ts";
import { PASSWORD, addSite, signUp } from "./support/owner.ts";
import { startServer, type OwnServer } from "./support/own-server.ts";
import { picture } from "./support/picture.ts";
import { startSlowModel, type SlowModel } from "./support/slow-model.ts";

const test = base.extend<{ customer: Customer; model: SlowModel; own: OwnServer }>({
  customer: async ({}, use) => {
    // Slow enough for its owner to leave while it is read.
    const customer = await startCustomer({ firstAnswerAfterMs: 3000 });
    await use(customer);
    customer.stop();
  },
  model: async ({}, use) => {
    const model = await startSlowModel();
    await use(model);
    model.stop();
  },
  own: async ({ model }, use) => {
    const own = await startServer({ EVOLOOP_LLM_BASE_URL: model.baseUrl, EVOLOOP_LLM_MODEL: "slow", EVOLOOP_LLM_API_KEY: "none" });
    await use(own);
    await own.stop();
  },
});

const bar = (page: Page, name: string) => page.getByRole("progressbar", { name }).first();
const panel = (page: Page, name: string) => page.getByRole("region", { name });
const row = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

async function logIn(page: Page, server: string, email: string): Promise<void> {
  await page.goto(`${server}/login`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${server}/app**`);
}

test("closing the browser loses nothing", async ({ own, customer, model, newPerson }) => {
  test.setTimeout(180_000);
  const first = await newPerson();
  const page = await first.newPage();
  const email = await signUp(page, own.url);
  const siteId = await addSite(page, own.url, customer.url);
  await expect(bar(page, "Reading the page")).toBeVisible();
  await first.close();

  // The page is read meanwhile, and the model begins to write.
  await expect.poll(model.asked, { timeout: 60_000 }).toBe(1);
  const second = await newPerson();
  const again = await second.newPage();
  await logIn(again, own.url, email);
  await again.goto(`${own.url}/app/sites/${siteId}`);
  const writing = panel(again, "Writing variants");
  await expect(writing.getByText(/The model has written \d+ characters/)).toBeVisible({ timeout: 30_000 });
  await expect(writing.locator("span", { hasText: /^[1-9]\d*\s%$/ })).toBeVisible();
  await picture(again, "writing");
  await second.close();

  // Nobody looks while it ends.
  model.finish();
  const third = await newPerson();
  const later = await third.newPage();
  await logIn(later, own.url, email);
  await later.goto(`${own.url}/app/sites/${siteId}`);
  await expect(later.getByRole("button", { name: /^Approve/ })).toHaveCount(3, { timeout: 60_000 });
  await expect(panel(later, "Writing variants")).toHaveCount(0);
  // Supervised: the claim that the page does not make waits for its owner's judgement.
  await expect(later.getByText("Check this claim before you approve")).toHaveCount(1);
  await picture(later, "review");
  await later.goto(`${own.url}/app/sites/${siteId}?view=jobs`);
  await expect(row(later, "Writing variants").getByText("Done", { exact: true })).toBeVisible();
  await picture(later, "jobs");
});

test("work is stopped, asked for again, and says what it refused", async ({ page, own, customer, model }) => {
  test.setTimeout(180_000);
  await signUp(page, own.url);
  const siteId = await addSite(page, own.url, customer.url);
  const site = `${own.url}/app/sites/${siteId}`;
  await expect.poll(model.asked, { timeout: 60_000 }).toBe(1);
  const writing = panel(page, "Writing variants");
  await expect(writing).toBeVisible();
  await page.goto(`${site}?view=jobs`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const job = row(page, "Writing variants").last();
  await expect(job.getByText("Running", { exact: true })).toBeVisible();
  await job.getByRole("button", { name: "Cancel writing variants" }).press("Enter");
  await expect(job.getByText("Cancelled", { exact: true })).toBeVisible();
  await expect(job.getByRole("button", { name: "Cancel writing variants" })).toHaveCount(0);
  await picture(page, "cancelled");
  // What the model still writes is stored by nobody.
  model.finish();
  await page.reload();
  await expect(job.getByText("Cancelled", { exact: true })).toBeVisible();

  // Without review a claim that the page does not make is refused, and said to be.
  await page.goto(`${site}?view=settings`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.getByLabel("Training wheels").check();
  await page.getByRole("button", { name: "Save mode" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.goto(`${site}?view=jobs`);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await job.getByRole("button", { name: "Retry writing variants" }).press("Enter");
  await expect(job.getByText("Done", { exact: true })).toBeVisible({ timeout: 60_000 });
  await page.goto(site);
  await page.getByText(/^Drafts that broke a rule/).click();
  const refused = page.getByRole("listitem").filter({ hasText: "Loved by 90,000 hikers" }).first();
  await expect(refused.getByText("Claim that the page does not make")).toBeVisible();
  await picture(page, "refused");
});

test.describe("without a program in the browser", () => {
  test.use({ javaScriptEnabled: false });

  test("work is stopped and asked for again by plain forms", async ({ page, own, customer, model }) => {
    test.setTimeout(180_000);
    await signUp(page, own.url);
    const siteId = await addSite(page, own.url, customer.url);
    await expect.poll(model.asked, { timeout: 60_000 }).toBe(1);
    await page.goto(`${own.url}/app/sites/${siteId}?view=jobs`);
    const job = row(page, "Writing variants").last();
    await job.getByRole("button", { name: "Cancel writing variants" }).click();
    await expect(page).toHaveURL(/view=jobs/);
    await expect(job.getByText("Cancelled", { exact: true })).toBeVisible();
    model.finish();
    await job.getByRole("button", { name: "Retry writing variants" }).click();
    // The form's answer first: a page that is on its way to it cannot be loaded anew.
    await expect(job.getByText("Cancelled", { exact: true })).toHaveCount(0);
    await expect
      .poll(async () => {
        await page.reload();
        return job.getByText("Done", { exact: true }).count();
      })
      .toBe(1);
    await page.goto(`${own.url}/app/sites/${siteId}`);
    await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(3);
  });
});
