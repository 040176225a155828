// The panel of `?evo_debug`, and the parameter that leaves the page alone.

import { expect, test as base } from "./support/fixtures.ts";
import { picture } from "./support/picture.ts";
import { startStub, type Stub } from "./support/stub.ts";

const test = base.extend<{ stub: Stub }>({
  stub: async ({}, use) => {
    const stub = await startStub();
    await use(stub);
    await stub.stop();
  },
});

const HTML = `<h1>Old headline</h1><p class="lead">Old line</p><p class="twin">One</p><p class="twin">Two</p>`;
const text = (css: string, extra: object = {}) => ({ op: "text", target: { css, ...extra }, value: "New" });

test("the panel says what is shown and why", async ({ page, stub }) => {
  stub.html = HTML;
  stub.patch.ops = [text("h1"), { op: "hide", target: { css: ".lead" } }];
  await page.goto(`${stub.page}?evo_debug`);
  const panel = page.getByRole("status");
  await expect(panel.getByRole("heading")).toHaveText("Evoloop: applied");
  await expect(panel).toContainText("by the weights of epoch 1");
  await expect(panel.getByRole("listitem")).toHaveText(["text h1: applied", "hide .lead: applied"]);
  await picture(page, "debug-applied");
  await panel.getByRole("button").click();
  await expect(panel).toHaveCount(0);
});

test("it names what was missed, and the reason", async ({ page, stub }) => {
  stub.html = HTML;
  stub.patch.ops = [text("h1", { text: "Another headline" }), text(".twin"), text(".gone"), text(".lead")];
  await page.goto(`${stub.page}?evo_debug`);
  await expect(page.getByRole("status").getByRole("heading")).toHaveText("Evoloop: missed");
  await expect(page.getByRole("status").getByRole("listitem")).toHaveText([
    "text h1: “h1” reads “Old headline” now",
    "text .twin: “.twin” matches 2 elements",
    "text .gone: nothing matches “.gone”",
    "text .lead: possible, but another operation was missed",
  ]);
  await picture(page, "debug-missed");
});

test("without the parameter there is no panel, and evo_off leaves the page alone", async ({ page, stub }) => {
  stub.html = HTML;
  stub.patch.ops = [text("h1")];
  await page.goto(stub.page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New");
  await expect(page.locator("evoloop-debug")).toHaveCount(0);
  const asked = stub.assigns.length;
  await page.goto(`${stub.page}?evo_off`);
  await page.waitForTimeout(500);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old headline");
  expect(stub.assigns).toHaveLength(asked);
});
