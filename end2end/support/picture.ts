// Pictures of the dashboard for people who look at them.

import type { Page } from "@playwright/test";

/** Takes pictures of a page, light and dark, on a desktop and a phone; only where EVOLOOP_E2E_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["EVOLOOP_E2E_PICTURES"];
  if (!folder) return;
  for (const colorScheme of ["light", "dark"] as const) {
    // As the page's own program does when it starts.
    await page.evaluate((isDark) => document.documentElement.classList.toggle("dark", isDark), colorScheme === "dark");
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
  await page.evaluate(() => document.documentElement.classList.remove("dark"));
  await page.setViewportSize({ width: 1280, height: 720 });
}
