// Conversions: what the visitor does, matched with the site's goals.

import { guard } from "./guard.js";
import type { Goal, Page } from "./wire.js";

/** Called when a goal is reached; `value` is an amount of money. */
export type Reached = (goal: Goal, value?: number) => void;

/**
 * Watches the page for clicks and forms that count, in the capture phase: a page that stops its events is still heard.
 * What it gives is told the goals; what happened before waits for them.
 */
export function watchGoals(page: Page, reached: Reached): (goals: Goal[]) => void {
  const acts: [type: string, on: Element][] = [];
  let known: Goal[] | undefined;
  const judge = () => {
    for (const [type, on] of known ? acts.splice(0) : []) {
      // A selector that is none takes no other goal with it.
      known!.forEach(guard((goal) => goal.type === type && goal.selector && on.closest(goal.selector) && reached(goal)));
    }
  };
  for (const [event, type] of [["click", "click"], ["submit", "form"]] as const) {
    const heard = ({ target }: Event) => {
      acts.push([type, target as Element]);
      judge();
    };
    page.document.addEventListener(event, guard(heard), true);
  }
  return (goals) => {
    known = goals;
    judge();
  };
}

/** The goals that are reached by being at an address. */
export const goalsAt = (goals: Goal[], { href }: Location): Goal[] =>
  goals.filter(({ type, url_contains }) => type === "url" && url_contains && href.includes(url_contains));

/** The goals that `evoloop.convert(name)` means; without a name, the primary one. */
export const goalsNamed = (goals: Goal[], name?: string | null): Goal[] =>
  goals.filter(({ type, event_name, is_primary }) => (name == null ? is_primary : /^(event|revenue)$/.test(type) && event_name === name));
