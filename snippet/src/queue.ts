// Events on their way: in order, at least once, over reloads, never in the page's way.

import type { Store } from "./store.js";
import type { EventResult, Page, WireEvent } from "./wire.js";

/** How often events are tried, after pauses of 50 ms at first, for company, to half a minute; then they wait for the next or for the page's end. */
const MOST_TRIES = 5;
/** Most events in one request; see crates/domain/src/event.rs. As many are kept. */
const MAX_BATCH = 50;

/** The way to the server. */
export interface Queue {
  /** Sends an event soon, after all that were given before it. */
  push(event: WireEvent): void;
  /** The last chance: a page that is hidden may never run again. */
  leave(): void;
}

/**
 * Opens a queue. An event leaves it when the server has answered for it, so that a try that failed half-way is
 * repeated with the same ids, which the server recognises. What waits is in the store, for the next page view.
 */
export function openQueue(page: Page, url: string, store: Store): Queue {
  let tries = 0;
  let timer: number | undefined;
  let isBusy: boolean | undefined;
  let beaconed: string | undefined;
  // Tabs do not see at once what others keep, so each has its own list.
  let waiting = (store().events ?? []).slice();
  /** What is to be sent next; nothing of a visitor who was forgotten. */
  const next = () => waiting.filter((event) => event.visitor_id === store().visitor).slice(0, MAX_BATCH);

  async function send(): Promise<void> {
    const events = next();
    if (isBusy || !events[0]) return;
    isBusy = true;
    try {
      // A body of text needs no preflight, neither here nor in a beacon.
      const answer = await page.fetch(url, { method: "POST", body: JSON.stringify({ events }), keepalive: true });
      const results: EventResult[] = answer.ok ? (await answer.json()).results : [];
      // Only an answer that says that nothing can come of it; a wall or a proxy between may say anything else.
      if (![200, 400, 413, 422].includes(answer.status)) throw 0;
      const done = events.filter((_event, index) => results[index]?.result !== "retry").map(({ id }) => id);
      const isLeft = ({ id }: WireEvent) => !done.includes(id);
      waiting = waiting.filter(isLeft);
      if (store().events) store((kept) => (kept.events = kept.events!.filter(isLeft)));
      if (!events[done.length]) tries = 0;
    } catch {
      // The network, or an answer that nobody can read.
    }
    isBusy = false;
    later();
  }

  function later(): void {
    page.clearTimeout(timer);
    if (tries < MOST_TRIES) timer = page.setTimeout(send, 50 * 5 ** tries++);
  }

  later();
  return {
    push(event) {
      waiting.push(event);
      store((kept) => (kept.events = [...(kept.events ?? []), event].slice(-MAX_BATCH)));
      tries = 0;
      if (!isBusy) later();
    },
    leave() {
      const events = next();
      const text = JSON.stringify({ events });
      if (events[0] && text !== beaconed) {
        if (page.navigator.sendBeacon?.(url, text)) beaconed = text;
        else void send();
      }
    },
  };
}
