// Conversions: what the visitor does, matched with the site's goals.

import { guard } from "./guard.js";
import type { Goal, Page } from "./wire.js";

/** Called when a goal is reached; `value` is an amount of money. */
export type Reached = (goal: Goal, value?: number) => void;

/** Watches the page for clicks and forms that count, in the capture phase: a page that stops its events is still heard. */
export function watchGoals({ document }: Page, goals: Goal[], reached: Reached): void {
  for (const goal of goals) {
    const heard = guard(({ target }: Event) => (target as Element).closest(goal.selector!) && reached(goal));
    if (goal.selector) document.addEventListener(goal.type === "form" ? "submit" : goal.type, heard, true);
  }
}

/** The goals that are reached by being at an address. */
export const goalsAt = (goals: Goal[], { href }: Location): Goal[] =>
  goals.filter(({ type, url_contains }) => type === "url" && url_contains && href.includes(url_contains));

/** The goals that `evoloop.convert(name)` means; without a name, the primary one. */
export const goalsNamed = (goals: Goal[], name?: string | null): Goal[] =>
  goals.filter(({ type, event_name, is_primary }) => (name == null ? is_primary : /^(event|revenue)$/.test(type) && event_name === name));
