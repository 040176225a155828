// Conversions: what the visitor does, matched with the site's goals.

import { guard, listen } from "./guard.js";
import type { Goal, Page } from "./wire.js";

/** Whether something that happened means a goal. */
export type Means = (goal: Goal) => unknown;

/**
 * Watches the page for clicks and forms that count, in the capture phase: a page that stops its events is still heard.
 * What it gives is told of whatever else happens, with its amount of money. What happens before the goals are known waits
 * until it is called again.
 */
export function watchGoals(page: Page, goals: () => Goal[] | undefined, reached: (goal: Goal, value?: number) => void): (means?: Means, value?: number) => void {
  const waiting: [means: Means, value?: number][] = [];
  const happened = (means?: Means, value?: number): void => {
    if (means) waiting.push([means, value!]);
    const known = goals();
    // A selector that is none takes no other goal with it.
    for (const [means, value] of known ? waiting.splice(0) : []) known!.forEach(guard((goal) => means(goal) && reached(goal, value)));
  };
  listen(page, "click submit", (event) => {
    happened(({ type, selector }) => (type === "form" ? "submit" : type) === event.type && (event.target as Element).closest(selector!));
  });
  return happened;
}
