// One visitor in several tabs, and one who wants no motion.

import { expect, test as base } from "./support/fixtures.ts";
import { startStub, type Stub } from "./support/stub.ts";

const test = base.extend<{ stub: Stub }>({
  stub: async ({}, use) => {
    const stub = await startStub();
    await use(stub);
    await stub.stop();
  },
});

test("tabs that are opened at once are one visitor, with one variant", async ({ context, stub }) => {
  stub.html = `<h1>Old headline</h1>`;
  stub.patch.ops = [{ op: "text", target: { css: "h1" }, value: "New headline" }];
  const tabs = await Promise.all([1, 2, 3, 4].map(() => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(stub.page)));
  for (const tab of tabs) {
    await tab.bringToFront();
    await expect(tab.getByRole("heading", { level: 1 })).toHaveText("New headline");
  }
  // Whoever was first, all of them go on as the same one.
  await Promise.all(tabs.map((tab) => tab.reload()));
  for (const tab of tabs) await tab.bringToFront();
  await expect.poll(() => stub.assigns.length).toBe(8);
  const later = stub.assigns.slice(4);
  expect(new Set(later.map((query) => query.get("visitor_id"))).size).toBe(1);
  expect(new Set(later.map((query) => query.get("current"))).size).toBe(1);
  await expect.poll(() => stub.events().length).toBe(8);
});

test("a visitor who is forgotten in one tab is so in the other, and may agree again", async ({ context, stub }) => {
  stub.html = `<h1>Old headline</h1><script>window.heard = 0; addEventListener("storage", () => (window.heard += 1));</script>`;
  stub.attributes = `data-consent="required"`;
  stub.patch.ops = [{ op: "text", target: { css: "h1" }, value: "New headline" }];
  const [one, two] = [await context.newPage(), await context.newPage()];
  const say = (given: boolean) => one.evaluate((given) => (window as unknown as { evoloop: { consent(given: boolean): void } }).evoloop.consent(given), given);
  await one.goto(stub.page);
  await say(true);
  await expect(one.getByRole("heading", { level: 1 })).toHaveText("New headline");
  await two.goto(stub.page);
  await expect(two.getByRole("heading", { level: 1 })).toHaveText("New headline");
  await say(false);
  await expect(two.getByRole("heading", { level: 1 })).toHaveText("Old headline");
  await say(true);
  await expect(one.getByRole("heading", { level: 1 })).toHaveText("New headline");
  await one.waitForTimeout(1000);
  // Tabs do not answer each other's deletions.
  for (const tab of [one, two]) expect(await tab.evaluate(() => (window as unknown as { heard: number }).heard)).toBeLessThan(30);
  await expect(one.getByRole("heading", { level: 1 })).toHaveText("New headline");
});

test.describe("for those who want no motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });
  for (const name of ["first", "returning"]) {
    test(`nothing moves at a ${name} visit`, async ({ page, stub }) => {
      stub.html = `<h1>Old headline</h1><p class="lead">Old line</p>`;
      stub.patch.ops = [
        { op: "text", target: { css: "h1" }, value: "New headline" },
        { op: "style", target: { css: ".lead" }, set: { color: "rgb(20, 40, 120)" } },
      ];
      const moving: number[] = [];
      await page.exposeFunction("evoMoving", (count: number) => moving.push(count));
      await page.addInitScript(() => {
        const look = () => {
          const count = document.getAnimations().length;
          if (count) void (window as unknown as { evoMoving(count: number): void }).evoMoving(count);
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
      await page.goto(stub.page);
      await expect(page.locator("h1")).toHaveText("New headline");
      if (name === "returning") await page.reload();
      await expect(page.locator(".lead")).toHaveCSS("color", "rgb(20, 40, 120)");
      await expect.poll(() => stub.events().length).toBe(name === "returning" ? 2 : 1);
      expect(moving).toEqual([]);
    });
  }
});
