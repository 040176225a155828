// Events on their way: in order, at least once, never in the page's way.

import { guard } from "./guard.js";
import type { EventResult, Page, WireEvent } from "./wire.js";

/** How long events wait for company, in milliseconds. */
const GATHER_MS = 50;
/** Pauses between tries, in milliseconds; after the last one events wait for the next or for the page's end. */
const BACKOFF_MS = [500, 2000, 8000, 30_000];
/** Most events in one request; see crates/domain/src/event.rs. */
const MAX_BATCH = 50;

/** Called when the server has answered for an event. */
export type Settled = (event: WireEvent, result: EventResult) => void;

/** The way to the server. */
export interface Queue {
  /** Sends an event soon, after all that were given before it. */
  push(event: WireEvent): void;
}

/**
 * Opens a queue. An event leaves it when the server has answered for it, so that a try that failed
 * half-way is repeated with the same ids, which the server recognises.
 */
export function openQueue(page: Page, url: string, settled: Settled): Queue {
  let waiting: WireEvent[] = [];
  let tries = 0;
  let timer = 0;
  let busy = false;
  let beaconed = "";

  const bodyOf = (events: WireEvent[]) => JSON.stringify({ events });

  // A body of text needs no preflight, neither here nor in a beacon.
  async function post(batch: WireEvent[]): Promise<boolean> {
    try {
      const answer = await page.fetch(url, {
        method: "POST",
        body: bodyOf(batch),
        keepalive: true,
        credentials: "omit",
      });
      if (!answer.ok) return answer.status < 500 && answer.status !== 429 && answer.status !== 408 && drop(batch);
      const { results } = (await answer.json()) as { results: EventResult[] };
      const again = batch.filter((event, index) => {
        const result = results[index];
        if (result && result.result !== "retry") settled(event, result);
        return result?.result === "retry";
      });
      drop(batch.filter((event) => !again.includes(event)));
      return !again.length;
    } catch {
      return false;
    }
  }

  function drop(done: WireEvent[]): true {
    waiting = waiting.filter((event) => !done.includes(event));
    return true;
  }

  function later(wait: number): void {
    page.clearTimeout(timer);
    timer = page.setTimeout(send, wait);
  }

  async function send(): Promise<void> {
    if (busy || !waiting.length) return;
    busy = true;
    const ok = await post(waiting.slice(0, MAX_BATCH));
    busy = false;
    if (ok) tries = 0;
    const pause = ok ? GATHER_MS : BACKOFF_MS[tries++];
    if (waiting.length && pause) later(pause);
  }

  // The last chance: a page that is hidden may never run again.
  const leave = guard(() => {
    const body = bodyOf(waiting.slice(0, MAX_BATCH));
    if (!waiting.length || body === beaconed) return;
    if (page.navigator.sendBeacon?.(url, body)) beaconed = body;
    else void send();
  });

  page.addEventListener("pagehide", leave);
  page.document.addEventListener("visibilitychange", () => {
    if (page.document.visibilityState === "hidden") leave();
  });

  return {
    push(event) {
      waiting.push(event);
      tries = 0;
      if (!busy) later(GATHER_MS);
    },
  };
}
