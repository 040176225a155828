// A page that puts its own text back on every change: the snippet gives up, says so, and costs next to nothing.

import type { BrowserContext, Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { startStub } from "./support/stub.ts";

/** When the snippet must have given up, and how long the cost is measured, in milliseconds. */
const FIGHT_MS = 10_000;
const PEACE_MS = 4000;
/** Most of a core that the snippet may take. */
const SHARE = 0.05;

const HTML = `<body><h1>Old headline</h1><p>Text</p><script>
  const headline = document.querySelector("h1");
  window.changes = 0;
  new MutationObserver(() => {
    if (headline.textContent === "Old headline") return;
    window.changes += 1;
    headline.textContent = "Old headline";
  }).observe(headline, { childList: true, characterData: true, subtree: true });
</script>`;

/** What share of a core the page's main thread takes, from now on. */
async function shareOf(context: BrowserContext, page: Page, milliseconds: number): Promise<number> {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const value = (name: string) => metrics.find((metric) => metric.name === name)!.value;
    return { busy: value("TaskDuration"), now: value("Timestamp") };
  };
  const before = await read();
  await page.waitForTimeout(milliseconds);
  const after = await read();
  return (after.busy - before.busy) / (after.now - before.now);
}

const changesOn = (page: Page) => page.evaluate(() => (window as unknown as { changes: number }).changes);

test("an endless loop is given up, reported, and never costs more than a twentieth of a core", async ({ newPerson }) => {
  const [fought, left] = await Promise.all([startStub(), startStub()]);
  const contexts = [await newPerson(), await newPerson()] as const;
  const [page, control] = [await contexts[0].newPage(), await contexts[1].newPage()];
  for (const stub of [fought, left]) stub.html = HTML;
  fought.patch.ops = [{ op: "text", target: { css: "h1" }, value: "New headline" }];
  try {
    await contexts[1].route("**/evoloop.js", (route) => route.fulfill({ body: "", contentType: "text/javascript" }));
    await Promise.all([page.goto(fought.page), control.goto(left.page)]);
    await expect.poll(() => changesOn(page), "the page puts its text back").toBeGreaterThan(0);

    const measure = async (milliseconds: number) => {
      const [ours, theirs] = await Promise.all([
        shareOf(contexts[0], page, milliseconds),
        shareOf(contexts[1], control, milliseconds),
      ]);
      console.log(`main thread over ${milliseconds} ms: ${(ours * 100).toFixed(2)} %, without the snippet ${(theirs * 100).toFixed(2)} %`);
      return ours - theirs;
    };
    expect(await measure(FIGHT_MS), "share of a core while it fights").toBeLessThanOrEqual(SHARE);
    const changes = await changesOn(page);
    expect(await measure(PEACE_MS), "share of a core after that").toBeLessThanOrEqual(SHARE);
    expect(await changesOn(page), "changes after it gave up").toBe(changes);
    await expect(page.locator("h1")).toHaveText("Old headline");

    const reports = fought.events().filter(({ type, metadata }) => type === "guardrail" && metadata?.gave_up === true);
    expect(reports, "reports that it gave up").toHaveLength(1);
  } finally {
    await Promise.all([fought.stop(), left.stop()]);
  }
});
