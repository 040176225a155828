// Whose visits count, and which pages may report, as an owner sets it and as visitors meet it.

import type { Page, Response } from "@playwright/test";
import { startCustomer, type Customer } from "./support/customer.ts";
import { expect, test as base } from "./support/fixtures.ts";
import { addSite, approveAll, installElement, readHoldout, signUp, told } from "./support/owner.ts";
import { visit } from "./support/visit.ts";

const test = base.extend<{ customer: Customer; siteId: string }>({
  customer: async ({}, use) => {
    const customer = await startCustomer();
    await use(customer);
    customer.stop();
  },
  /** A running site whose owner is signed in, with the snippet on its page. */
  siteId: async ({ page, server, customer }, use) => {
    await signUp(page, server);
    const siteId = await addSite(page, server, customer.url);
    await approveAll(page);
    await customer.install(await installElement(page));
    await use(siteId);
  },
});

const settingsOf = (server: string, siteId: string) => `${server}/app/sites/${siteId}?view=settings`;
const origins = (page: Page) => page.getByRole("textbox", { name: "Origins, one a line" });
const saveOrigins = (page: Page) => page.getByRole("button", { name: "Save origins" }).click();

/** What becomes of the next event that a page of this browser sends, besides those of a page that was left before it heard. */
async function nextResult(page: Page): Promise<object> {
  const news = async (answer: Response) => {
    if (!answer.url().endsWith("/v1/event")) return undefined;
    const { results } = (await answer.json()) as { results: { result: string }[] };
    return results.find(({ result }) => result !== "duplicate");
  };
  const answer = await page.waitForResponse(async (answer) => !!(await news(answer)));
  return (await news(answer))!;
}

/** The owner's own events, as the dashboard tells them. */
async function leftOut(page: Page, server: string, siteId: string): Promise<object> {
  const answer = await page.request.get(`${server}/api/sites/statistics?site_id=${siteId}`);
  type Row = { reason: string; impressions: number; conversions: number };
  const { generation } = (await answer.json()) as { generation: { left_out: Row[] } };
  const rows = generation.left_out.filter(({ reason }) => reason === "owner");
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  return { impressions: sum(({ impressions }) => impressions), conversions: sum(({ conversions }) => conversions) };
}

test("an owner who opens the page by the link is not counted, somebody else is", async ({ page, server, customer, siteId, newPerson }) => {
  test.setTimeout(180_000);
  await page.goto(settingsOf(server, siteId));
  const owners = page.context();
  const results: Promise<object>[] = [];
  owners.on("page", (opened) => results.push(nextResult(opened)));
  const opening = owners.waitForEvent("page");
  await page.getByRole("link", { name: "Open my page as its owner" }).click();
  const own = await opening;
  await expect.poll(() => results.length).toBe(1);
  const left = expect.objectContaining({ result: "recorded", counted: false, reason: "owner" });
  expect(await results[0]).toEqual(left);
  await expect.poll(() => own.url()).toBe(`${customer.url}?`);

  // Known from now on, and a click on the call to action is not counted either.
  const again = nextResult(own);
  await own.goto(customer.url);
  expect(await again).toEqual(left);
  await own.locator("#start").click();
  await own.waitForURL("**/thanks");
  await expect.poll(() => leftOut(page, server, siteId)).toEqual({ impressions: 2, conversions: 1 });

  const visited = await visit(await newPerson(), customer.url);
  const counted = async () => (await told(page, server, siteId)).reduce((sum, { visitors }) => sum + visitors, 0);
  await page.goto(`${server}/app/sites/${siteId}`);
  await expect.poll(async () => (await counted()) + (await readHoldout(page)).visitors).toBe(1);
  expect(await counted()).toBe(visited.isHoldout ? 0 : 1);

  // The way back: the same browser is a visitor like any other.
  const back = nextResult(own);
  await own.goto(`${customer.url}?evo_owner=off`);
  expect(await back).toEqual(expect.objectContaining({ result: "recorded", counted: true }));
  await expect.poll(() => own.url()).toBe(`${customer.url}?`);
});

test.describe("with an answer that says what is wrong", () => {
  test.use({ allowed: [/status of 422/] });
  test("pages that may not report are turned away, and their owner is told", async ({ page, server, customer, siteId, newPerson }) => {
    test.setTimeout(180_000);
    await page.goto(settingsOf(server, siteId));
    await page.waitForLoadState("networkidle");
    await origins(page).fill("kettle.example");
    await saveOrigins(page);
    await expect(page.getByRole("alert").filter({ hasText: "`kettle.example` is not an origin" })).toHaveCount(1);
    await expect(origins(page)).toHaveAttribute("aria-invalid", "true");
    await expect(origins(page)).toHaveValue("kettle.example");
    await origins(page).fill("https://kettle.example");
    await saveOrigins(page);
    await expect(origins(page)).not.toHaveAttribute("aria-invalid");
    await expect(page.getByText("Saved.")).toBeVisible();

    const stranger = await (await newPerson()).newPage();
    const refused = nextResult(stranger);
    await stranger.goto(customer.url);
    expect(await refused).toEqual(expect.objectContaining({ result: "dropped", reason: "foreign_origin" }));
    await page.goto(`${server}/app/sites/${siteId}`);
    const table = page.getByRole("group").filter({ hasText: "Turned away in the last week" });
    await expect(async () => {
      await page.reload();
      await expect(table).toBeVisible({ timeout: 2000 });
    }).toPass({ timeout: 40_000 });
    await table.getByText("Turned away in the last week").click();
    await expect(table.getByRole("row", { name: /a page that may not report 1$/ })).toBeVisible();

    // Emptied, without the page's program: any page may report again.
    const plain = await newPerson({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    const form = await plain.newPage();
    await form.goto(settingsOf(server, siteId));
    await expect(origins(form)).toHaveValue("https://kettle.example");
    await origins(form).fill("nowhere");
    await saveOrigins(form);
    await expect(form.getByRole("alert").filter({ hasText: "`nowhere` is not an origin" })).toHaveCount(1);
    await origins(form).fill("");
    await saveOrigins(form);
    await expect(origins(form)).toHaveValue("");
    await visit(await newPerson(), customer.url);
  });
});
