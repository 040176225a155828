// What a site's owner does in the dashboard, found by the words that a person reads.

import { randomUUID } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";

export const PASSWORD = "a long walk before breakfast";

/** An account that no other test uses. */
export const newEmail = () => `owner-${randomUUID()}@walks.example`;

/** Signs up and ends on the overview. */
export async function signUp(page: Page, server: string, email = newEmail()): Promise<string> {
  await page.goto(`${server}/signup`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(`${server}/app**`);
  return email;
}

/** Adds a site and ends on its page. Gives its id. */
export async function addSite(page: Page, server: string, url: string): Promise<string> {
  await page.goto(`${server}/app/sites/new`);
  await page.getByLabel("Page address").fill(url);
  await page.getByRole("button", { name: "Add site" }).click();
  await page.waitForURL(/\/app\/sites\/[0-9a-f-]{36}/);
  return /sites\/([0-9a-f-]{36})/.exec(page.url())![1]!;
}

/** Waits for the three drafts and approves each. */
export async function approveAll(page: Page): Promise<void> {
  const approve = page.getByRole("button", { name: /^Approve/ });
  await expect(approve).toHaveCount(3, { timeout: 60_000 });
  // Before the page's program runs, a button sends its form, and a new page comes that has nothing to say.
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  for (let left = 3; left > 0; left -= 1) {
    await approve.first().press("Enter");
    await expect(approve).toHaveCount(left - 1);
    // The button is gone with its card; who works by keyboard must not lose their place.
    await expect(page.getByRole("status").filter({ hasText: "was approved." })).toBeFocused();
  }
}

/** The script element that the site's page offers to paste. Ends where it began. */
export async function installElement(page: Page): Promise<string> {
  await page.getByRole("link", { name: "Install", exact: true }).click();
  const shown = page.getByRole("region", { name: "Install snippet" });
  const element = (await shown.innerText()).trim();
  await page.getByRole("link", { name: "Variants and statistics" }).click();
  await expect(statisticsTable(page)).toBeVisible();
  return element;
}

/** A line of the statistics table: header to text, and the variant's name. */
export type Line = Record<string, string>;

export const statisticsTable = (page: Page): Locator => page.getByRole("table", { name: "Statistics", exact: true });

/** Reads the statistics table as a person sees it. */
export function readTable(table: Locator): Promise<Line[]> {
  return table.evaluate((element) => {
    const texts = (row: Element) => Array.from(row.children, (cell) => (cell as HTMLElement).innerText.replaceAll("\u00a0", " ").trim());
    const [head, ...rows] = Array.from(element.querySelectorAll("tr"));
    const names = head ? texts(head) : [];
    return rows.map((row) => Object.fromEntries(texts(row).map((text, column) => [names[column] ?? `${column}`, text])));
  });
}

/** The numbers of one variant. */
export interface Count {
  visitors: number;
  conversions: number;
}

/** Reads how many visitors and conversions those have who always see the untouched page. */
export async function readHoldout(page: Page): Promise<Count> {
  const text = await page.getByRole("region", { name: "What the variants brought" }).innerText();
  const [, visitors, conversions] = /: ([\d,]+) visitors? so far, ([\d,]+) conversions?\./.exec(text) ?? [];
  return { visitors: wholeNumber(visitors), conversions: wholeNumber(conversions) };
}

const wholeNumber = (text: string | undefined): number => Number((text ?? "").replace(/[^\d.-]/g, "") || Number.NaN);

/** Reads visitors and conversions out of the table, by the variant's name. */
export async function readCounts(table: Locator, names: string[]): Promise<Record<string, Count>> {
  const lines = await readTable(table);
  return Object.fromEntries(
    names.map((name) => {
      const line = lines.find((line) => (line["Variant"] ?? "").split("\n").some((part) => part.trim() === name));
      return [name, { visitors: wholeNumber(line?.["Visitors"]), conversions: wholeNumber(line?.["Conversions"]) }];
    }),
  );
}

/** A variant as the dashboard's own interface tells it. */
export interface Told extends Count {
  variant_id: string;
  name: string;
  is_control: boolean;
}

/** Names and counts of a site's variants, by the read interface of the dashboard. */
export async function told(page: Page, server: string, siteId: string): Promise<Told[]> {
  const answer = await page.request.get(`${server}/api/sites/statistics?site_id=${siteId}`);
  expect(answer.ok()).toBe(true);
  return ((await answer.json()) as { variants: Told[] }).variants;
}
