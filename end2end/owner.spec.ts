// The owner's whole path, with 40 visitors on a site that another process serves.

import { startCustomer } from "./support/customer.ts";
import { expect, test } from "./support/fixtures.ts";
import { inGroups } from "./support/groups.ts";
import { addSite, approveAll, installElement, readCounts, readHoldout, readTable, signUp, statisticsTable, told } from "./support/owner.ts";
import { convert, visit, type Visit } from "./support/visit.ts";

const VISITORS = 40;

test("from sign-up to numbers that equal the truth", async ({ page, server, newPerson }) => {
  test.setTimeout(300_000);
  // Slow enough for its owner to see the work going on.
  const customer = await startCustomer({ firstAnswerAfterMs: 4000 });
  try {
    await signUp(page, server);
    const siteId = await addSite(page, server, customer.url);
    await expect(page.getByRole("progressbar", { name: "Reading the page" })).toBeVisible();
    await approveAll(page);
    await expect(page.getByRole("heading", { name: "Variants", exact: true })).toBeVisible();

    const element = await installElement(page);
    expect(element).toContain(`${server}/evoloop.js`);
    expect(element).toContain(siteId);
    await customer.install(element);

    const table = statisticsTable(page);
    const variants = await told(page, server, siteId);
    const names = variants.map(({ name }) => name);
    expect(variants.filter(({ is_control }) => is_control)).toHaveLength(1);
    expect(new Set(names).size).toBe(4);
    const nothing = Object.fromEntries(names.map((name) => [name, { visitors: 0, conversions: 0 }]));
    await expect.poll(() => readCounts(table, names)).toEqual(nothing);
    await expect.poll(async () => (await readTable(table)).filter((line) => /[1-9]/.test(line["Traffic"] ?? "")).length).toBe(4);
    // What the page forgets when it is loaded anew.
    await page.evaluate(() => Object.assign(window, { opened: true }));
    const charts = () => page.locator("figure svg").evaluateAll((all) => all.map((one) => one.outerHTML).join());
    const emptyCharts = await charts();

    const truth = structuredClone(nothing);
    const heldOut = { visitors: 0, conversions: 0 };
    const seen = new Map<string, string>();
    const note = ({ variantId, isHoldout, texts }: Visit) => {
      if (isHoldout) {
        heldOut.visitors += 1;
        return heldOut;
      }
      const { name } = variants.find(({ variant_id }) => variant_id === variantId)!;
      truth[name]!.visitors += 1;
      const shown = texts.join(" | ");
      expect(seen.get(name) ?? shown).toBe(shown);
      seen.set(name, shown);
      return truth[name]!;
    };
    await inGroups(VISITORS, 4, async (index) => {
      const context = await newPerson();
      const visited = await visit(context, customer.url);
      const count = note(visited);
      if (index % 3 !== 0) return context.close();
      count.conversions += 1;
      await convert(visited);
      if (index % 6 === 0) {
        // Comes back and converts once more: still one visitor with one conversion.
        await visited.page.goto(customer.url);
        await expect.poll(() => visited.page.locator("h1").innerText()).toBe(visited.texts[0]);
        await convert(visited);
      }
    });
    expect(seen.size, "variants that were seen").toBeGreaterThan(1);
    expect(new Set(seen.values()).size).toBe(seen.size);

    await expect.poll(() => readCounts(table, names)).toEqual(truth);
    await expect.poll(() => readHoldout(page)).toEqual(heldOut);
    const lines = await readTable(table);
    for (const line of lines) expect(line["95 % credible interval"]).toMatch(/\d/);
    const best = lines.map((line) => Number.parseFloat((line["P(best)"] ?? "").replace(",", ".")));
    expect(Math.abs(best.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(2);
    await expect.poll(charts).not.toBe(emptyCharts);
    expect(await page.evaluate(() => "opened" in window), "the page was not loaded anew").toBe(true);

    // The same numbers on a page that is loaded anew.
    await page.reload();
    await expect.poll(() => readCounts(table, names)).toEqual(truth);
  } finally {
    customer.stop();
  }
});
