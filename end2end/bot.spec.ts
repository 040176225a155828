// Automated browsers see the page as it is, and are not counted.

import { chromium } from "@playwright/test";
import { CHROMIUM, QUIET, VISITOR } from "./support/browser.ts";
import { startCustomer } from "./support/customer.ts";
import { expect, test, watch } from "./support/fixtures.ts";
import { addSite, approveAll, installElement, signUp, told } from "./support/owner.ts";
import { ORIGINAL, visit } from "./support/visit.ts";

test("a browser that admits to be automated does not take part", async ({ page, server, newPerson, troubles }) => {
  test.setTimeout(180_000);
  const customer = await startCustomer();
  const plain = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  try {
    await signUp(page, server);
    const siteId = await addSite(page, server, customer.url);
    await approveAll(page);
    await customer.install(await installElement(page));

    // By what the browser says of itself, and with an ordinary user agent by `navigator.webdriver` alone.
    for (const options of [{}, { userAgent: VISITOR.userAgent }]) {
      for (let visits = 0; visits < 4; visits += 1) {
        const context = await plain.newContext(options);
        await watch(context, troubles);
        const robot = await context.newPage();
        const asked: string[] = [];
        robot.on("request", (request) => asked.push(request.url()));
        await robot.goto(customer.url, { waitUntil: "networkidle" });
        const shown = await Promise.all(["h1", ".lead", "#start"].map((css) => robot.locator(css).innerText()));
        expect(shown).toEqual(ORIGINAL);
        expect(asked.filter((url) => url.includes("/v1/"))).toEqual([]);
        await robot.locator("#start").click();
        await context.close();
      }
    }

    // A headless browser that speaks for itself is recognised by the server too.
    const robot = await (await plain.newContext()).newPage();
    await robot.goto(customer.url);
    const outcome = await robot.evaluate(
      async ([server, siteId]) => {
        const query = new URLSearchParams({ site_id: siteId, visitor_id: "robot-1" });
        const assigned = await (await fetch(`${server}/v1/assign?${query}`)).json();
        const event = { site_id: siteId, variant_id: assigned.variant_id, visitor_id: "robot-1", type: "impression", token: assigned.token };
        const told = await (await fetch(`${server}/v1/event`, { method: "POST", body: JSON.stringify({ events: [event] }) })).json();
        return { control: assigned.is_control, ops: assigned.patch.ops.length, counted: told.results[0].counted ?? false };
      },
      [server, siteId] as const,
    );
    expect(outcome).toEqual({ control: true, ops: 0, counted: false });

    // A person is counted, so that nothing above was merely late.
    let person = await visit(await newPerson(), customer.url);
    // Who always sees the untouched page is counted elsewhere.
    while (person.isHoldout) person = await visit(await newPerson(), customer.url);
    await expect
      .poll(async () => (await told(page, server, siteId)).filter(({ visitors }) => visitors > 0))
      .toEqual([expect.objectContaining({ variant_id: person.variantId, visitors: 1, conversions: 0 })]);
  } finally {
    await plain.close();
    customer.stop();
  }
});
