// What a visitor of a customer's page does, and what this page showed.

import { expect, type BrowserContext, type Page } from "@playwright/test";

interface Operation {
  op: string;
  target: { css: string };
  value?: string;
}

interface Assigned {
  variant_id: string;
  is_control: boolean;
  holdout: boolean;
  patch: { ops: Operation[] };
}

/** One visit, seen from the visitor's side. */
export interface Visit {
  page: Page;
  variantId: string;
  /** Whether the visitor always sees the untouched page. */
  isHoldout: boolean;
  /** Headline, lead and button as shown. */
  texts: string[];
}

const shownOn = (page: Page) =>
  Promise.all(["h1", ".lead", "#start"].map((css) => page.locator(css).innerText()));

/** The customer's page before any change. */
export const ORIGINAL = [
  "Your walks, written down",
  "Fieldnote keeps notes, photos and routes in one place. It works without a signal and syncs when you are back.",
  "Start your notebook",
];

/** Opens the page, waits until the exposure is counted, and checks that the page shows what was assigned. */
export async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const page = await context.newPage();
  const assigned = page.waitForResponse((answer) => answer.url().includes("/v1/assign"));
  const counted = page.waitForResponse((answer) => answer.url().endsWith("/v1/event"));
  await page.goto(url);
  const assignment = (await (await assigned).json()) as Assigned;
  const { results } = (await (await counted).json()) as { results: { result: string; counted?: boolean }[] };
  expect(results).toEqual([expect.objectContaining({ result: "recorded", counted: true })]);
  const texts = await shownOn(page);
  if (assignment.is_control) {
    expect(texts).toEqual(ORIGINAL);
  } else {
    expect(texts).not.toEqual(ORIGINAL);
    for (const { op, target, value } of assignment.patch.ops) {
      if (op === "text") await expect(page.locator(target.css)).toHaveText(value!);
    }
  }
  return { page, variantId: assignment.variant_id, isHoldout: assignment.holdout, texts };
}

/** Clicks the call to action, which leaves the page. */
export async function convert({ page }: Visit): Promise<void> {
  await page.locator("#start").click();
  await page.waitForURL("**/thanks");
}
