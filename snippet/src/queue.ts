// Events on their way: in order, at least once, over reloads, never in the page's way.

import { guard } from "./guard.js";
import type { EventResult, Page, WireEvent } from "./wire.js";

/** Pauses before each try, in milliseconds: at first for company. After the last one events wait for the next or for the page's end. */
const PAUSES_MS = [50, 500, 2000, 8000, 30_000];
/** Most events in one request; see crates/domain/src/event.rs. As many are kept. */
const MAX_BATCH = 50;

/** Called when the server has answered for an event. */
export type Settled = (event: WireEvent, result: EventResult) => void;

/** The way to the server. */
export interface Queue {
  /** Sends an event soon, after all that were given before it. */
  push(event: WireEvent): void;
  /** The last chance: a page that is hidden may never run again. */
  leave(): void;
  /** Forgets what waits. */
  drop(): void;
}

/**
 * Opens a queue. An event leaves it when the server has answered for it, so that a try that failed half-way is
 * repeated with the same ids, which the server recognises. What waits is kept for the next page view, each event
 * beside the others so that no tab overwrites another's; `isShort` keeps nothing.
 */
export function openQueue(page: Page, url: string, key: string, isShort: boolean, settled: Settled): Queue {
  let waiting: WireEvent[] = [];
  let tries = 0;
  let timer = 0;
  let isBusy: boolean | undefined;
  let beaconed: string | undefined;

  /** Storage may be denied or full; then this page view must do. */
  const inStorage = (use: (kept: Record<string, string>) => void) => guard(() => isShort || use(page.localStorage))();
  const body = () => JSON.stringify({ events: waiting.slice(0, MAX_BATCH) });

  async function send(): Promise<void> {
    if (isBusy || !waiting.length) return;
    isBusy = true;
    let isOk = true;
    const batch = waiting.slice(0, MAX_BATCH);
    try {
      // A body of text needs no preflight, neither here nor in a beacon.
      const answer = await page.fetch(url, { method: "POST", body: body(), keepalive: true });
      const results: EventResult[] = answer.ok ? (await answer.json()).results : [];
      // Only an answer that says that nothing can come of it; a wall or a proxy between may say anything else.
      if (!answer.ok && ![400, 413, 422].includes(answer.status)) throw 0;
      batch.forEach((event, index) => {
        const result = results[index];
        if (result?.result === "retry") isOk = false;
        else {
          waiting = waiting.filter((other) => other !== event);
          inStorage((kept) => delete kept[`${key}_${event.id}`]);
          if (result) settled(event, result);
        }
      });
    } catch {
      isOk = false; // The network, or an answer that nobody can read.
    }
    isBusy = false;
    if (isOk) tries = 0;
    later();
  }

  function later(): void {
    page.clearTimeout(timer);
    const wait = PAUSES_MS[tries++];
    if (wait) timer = page.setTimeout(send, wait);
  }

  inStorage((kept) => {
    for (const name of Object.keys(kept))
      inStorage(() => {
        const event = name.startsWith(`${key}_`) && JSON.parse(kept[name]!);
        if (event.id) waiting.push(event);
      });
  });
  later();
  return {
    push(event) {
      waiting.push(event);
      if (waiting.length <= MAX_BATCH) inStorage((kept) => (kept[`${key}_${event.id}`] = JSON.stringify(event)));
      tries = 0;
      if (!isBusy) later();
    },
    leave() {
      const text = body();
      if (!waiting.length || text === beaconed) return;
      if (page.navigator.sendBeacon?.(url, text)) beaconed = text;
      else void send();
    },
    drop() {
      waiting = [];
    },
  };
}
