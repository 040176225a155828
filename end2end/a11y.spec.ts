// Accessibility of the main pages, light and dark, by axe-core.

import type { Page } from "@playwright/test";
import { faults } from "./support/axe.ts";
import { startCustomer } from "./support/customer.ts";
import { expect, test } from "./support/fixtures.ts";
import { addSite, approveAll, signUp } from "./support/owner.ts";

const SCHEMES = ["light", "dark"] as const;

async function check(page: Page): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await faults(page), `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}

for (const path of ["/", "/login", "/signup"]) {
  test(`${path} is accessible`, async ({ page, server }) => {
    await page.goto(`${server}${path}`);
    await check(page);
  });
}

test("the dashboard is accessible", async ({ page, server }) => {
  test.setTimeout(180_000);
  const customer = await startCustomer();
  try {
    await signUp(page, server);
    await page.goto(`${server}/app`);
    await check(page);
    await page.goto(`${server}/app/sites/new`);
    await check(page);
    const siteId = await addSite(page, server, customer.url);
    await approveAll(page);
    await check(page);
    await page.goto(`${server}/app/sites/${siteId}?view=settings`);
    await check(page);
    await page.goto(`${server}/app`);
    await check(page);
  } finally {
    customer.stop();
  }
});

test("on a small screen the places are behind a button that the keyboard opens and closes", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signUp(page, server);
  await page.goto(`${server}/app`);
  const menu = page.getByRole("button", { name: "Menu", exact: true });
  const places = page.getByRole("navigation", { name: "Main, small screens" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(places).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(places).toBeHidden();
  await expect(menu).toBeFocused();
  // Going somewhere closes it too.
  await page.keyboard.press("Enter");
  await places.getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL(`${server}/app/settings`);
  await expect(places).toBeHidden();
});
