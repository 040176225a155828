// The public pages without JavaScript: read, sign up, log in and out by plain forms.

import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { PASSWORD, newEmail, signUp } from "./support/owner.ts";

test.use({ javaScriptEnabled: false });

/** What a page says went wrong. */
const said = (page: Page) => page.getByRole("alert").filter({ hasText: /\S/ }).first();

test("the landing page says what Evoloop is and leads to the account", async ({ page, server }) => {
  const answer = await page.goto(`${server}/`);
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/Evoloop/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.locator('a[href="/signup"]').first().click();
  await expect(page).toHaveURL(`${server}/signup`);
  await expect(page.getByRole("button", { name: "Create account" })).toBeVisible();
  await page.locator('a[href="/login"]').first().click();
  await expect(page).toHaveURL(`${server}/login`);
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
});

test("signs up and logs in by plain forms", async ({ page, server, newPerson }) => {
  const email = await signUp(page, server);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

  const other = await (await newPerson({ javaScriptEnabled: false })).newPage();
  await other.goto(`${server}/app`);
  await expect(other).toHaveURL(/\/login/);
  const logIn = async (password: string) => {
    await other.getByLabel("E-mail").fill(email);
    await other.getByLabel("Password").fill(password);
    await other.getByRole("button", { name: "Log in" }).click();
  };
  await logIn("not the password at all");
  await expect(said(other)).toBeVisible();
  await expect(other).toHaveURL(/\/login/);
  await logIn(PASSWORD);
  await expect(other).toHaveURL(new RegExp(`^${server}/app`));
  await expect(other.getByRole("heading", { level: 1 })).toBeVisible();
});

test("says what is wrong with a sign-up", async ({ page, server }) => {
  await page.goto(`${server}/signup`);
  await page.getByLabel("E-mail").fill(newEmail());
  await page.getByLabel("Password").fill("short");
  // The browser's own checks are not the last word.
  await page.locator("form").evaluateAll((forms) => forms.forEach((form) => form.setAttribute("novalidate", "")));
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(said(page)).toBeVisible();
  await expect(page).toHaveURL(/\/signup/);
});

test.describe("at an address that leads nowhere", () => {
  test.use({ allowed: [/status of 404.*no-such-page/] });
  test("a page that does not exist says so", async ({ page, server }) => {
    const answer = await page.goto(`${server}/no-such-page`);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });
});
