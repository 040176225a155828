// Conversions: what the visitor does, matched with the site's goals.

import { guard } from "./guard.js";
import type { Goal, Page } from "./wire.js";

/** Called when a goal is reached; `value` is an amount of money. */
export type Reached = (goal: Goal, value?: number) => void;

/** Watches the page for clicks, forms and addresses that count. */
export function watchGoals(page: Page, goals: Goal[], reached: Reached): void {
  const { document, history, location } = page;

  // In the capture phase, so that a page that stops its events is still heard.
  const listen = (event: string, type: Goal["type"]) => {
    for (const goal of goals.filter((goal) => goal.type === type && goal.selector)) {
      const heard = ({ target }: Event) => (target as Element).closest(goal.selector!) && reached(goal);
      document.addEventListener(event, guard(heard), true);
    }
  };
  listen("click", "click");
  listen("submit", "form");

  for (const goal of goals.filter((goal) => goal.type === "url" && goal.url_contains)) {
    const arrived = guard(() => location.href.includes(goal.url_contains!) && reached(goal));
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = function (...change) {
        original.apply(this, change);
        arrived();
      };
    }
    page.addEventListener("popstate", arrived);
    page.addEventListener("hashchange", arrived);
    arrived();
  }
}

/** The goals that `evoloop.convert(name)` means; without a name, the primary one. */
export function goalsNamed(goals: Goal[], name?: string | null): Goal[] {
  return goals.filter((goal) =>
    name == null ? goal.is_primary : /^(event|revenue)$/.test(goal.type) && goal.event_name === name,
  );
}
