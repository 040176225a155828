// How the page fares while it is changed: a sample, told when the visitor leaves.

import { guard, listen } from "./guard.js";
import type { Page } from "./wire.js";

type Entry = PerformanceEntry & { value?: number; hadRecentInput?: boolean; interactionId?: number };

/** Errors of scripts, largest contentful paint and interaction delay in milliseconds, layout shift without unit. */
export interface Vitals {
  errors: number;
  lcp?: number;
  cls?: number;
  inp?: number;
}

/** Begins to measure. */
export function watchVitals(page: Page): Vitals {
  const vitals: Vitals = { errors: 0 };
  // A picture that does not load is no error of a script.
  listen(page, "error unhandledrejection", ({ target }) => (vitals.errors += +(target === page)));
  // Shifts that follow each other within a second, for five at most, are one: the worst of these counts.
  let [sum, first, last] = [0, 0, 0];
  const observe = guard((type: string, note: (entry: Entry) => void) =>
    new page.PerformanceObserver((list) => list.getEntries().forEach(note as never)).observe({ type, buffered: true }),
  );
  observe("largest-contentful-paint", ({ startTime }) => (vitals.lcp = startTime));
  observe("event", ({ interactionId, duration }) => interactionId && (vitals.inp = Math.max(vitals.inp ?? 0, duration)));
  observe("layout-shift", ({ startTime, value, hadRecentInput }) => {
    if (hadRecentInput) return;
    if (startTime > last + 1000 || startTime > first + 5000) [sum, first] = [0, startTime];
    last = startTime;
    vitals.cls = Math.max(vitals.cls ?? 0, (sum += value!));
  });
  return vitals;
}
