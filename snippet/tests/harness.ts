// A page, a server and a clock that the tests drive by hand.

import { JSDOM, VirtualConsole } from "jsdom";
import { start } from "../src/start.js";
import type { Evoloop } from "../src/start.js";
import type { Assignment, EventResult, Goal, Op, Page, WireEvent } from "../src/wire.js";

export const SITE = "7b0c6f0e-3f0a-4b57-9f0e-0c1f5f8a6c11";
export const VARIANT = "0e8a1c52-6e0b-4c80-8a86-3a9e6d4d9a02";
export const HTML = `<!doctype html><html><head><title>Mugs</title></head><body>
  <h1>Old headline</h1><p class="sub">Old <!-- react --> line</p>
  <a id="cta" class="cta" href="/buy">Buy</a><form id="signup"><input name="email"><button>Go</button></form>
  <p class="twin">One</p><p class="twin">Two</p><h2>Try <em>it</em> now</h2>
  <picture><source srcset="/a.webp"><img id="hero" src="/a.png" srcset="/a2.png 2x" sizes="50vw" alt="Old"></picture>
</body></html>`;

export const goal = (given: Partial<Goal> & Pick<Goal, "type">): Goal => ({
  id: `goal-${given.type}`,
  is_primary: false,
  selector: null,
  url_contains: null,
  event_name: null,
  ...given,
});

export const assignment = (ops: Op[] = [], goals: Goal[] = []): Assignment => ({
  variant_id: VARIANT,
  patch: { v: 1, ops },
  goals,
  token: "v1.1.1.h.mac",
});

/** What a fake server answers to one request. */
export interface Answer {
  status?: number;
  body?: unknown;
}

export type EvoloopPage = Page & { evoloop?: Evoloop };

/** Lets everything that is ready run, without waiting for any time to pass. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
}

export class World {
  readonly dom: JSDOM;
  readonly page: EvoloopPage;
  readonly assigns: URL[] = [];
  readonly batches: WireEvent[][] = [];
  readonly beacons: WireEvent[][] = [];
  readonly errors: unknown[] = [];
  /** Replace these to change what the server does. */
  onAssign: () => Answer | Promise<Answer> = () => ({ body: assignment() });
  onEvents: (events: WireEvent[]) => Answer | Promise<Answer> = (events) => ({
    body: { status: "recorded", results: events.map(({ id }) => ({ id, result: "recorded", counted: true })) },
  });
  takesBeacons = true;
  private timers: { id: number; at: number; run: () => void }[] = [];
  private now = 0;
  private lastTimer = 0;

  constructor(html = HTML, url = "https://shop.example/landing?x=1") {
    const quiet = new VirtualConsole();
    quiet.on("jsdomError", (error) => this.errors.push(error));
    quiet.on("error", (error) => this.errors.push(error));
    this.dom = new JSDOM(html, { url, virtualConsole: quiet });
    this.page = this.dom.window as EvoloopPage;
    const set = (target: object, name: string, value: unknown) =>
      Object.defineProperty(target, name, { value, configurable: true, writable: true });
    set(this.page, "fetch", (url: string, init?: RequestInit) => this.fetch(new URL(url), init));
    set(this.page, "TextEncoder", TextEncoder);
    set(this.page.document, "visibilityState", "visible");
    set(this.page, "setTimeout", (run: (...values: unknown[]) => void, wait = 0, ...values: unknown[]) => {
      this.lastTimer += 1;
      this.timers.push({ id: this.lastTimer, at: this.now + wait, run: () => run(...values) });
      return this.lastTimer;
    });
    set(this.page, "clearTimeout", (id: number) => {
      this.timers = this.timers.filter((timer) => timer.id !== id);
    });
    set(this.page.navigator, "sendBeacon", (_url: string, body: string) => {
      if (this.takesBeacons) this.beacons.push((JSON.parse(body) as { events: WireEvent[] }).events);
      return this.takesBeacons;
    });
  }

  private async fetch(url: URL, init: RequestInit = {}): Promise<Response> {
    const asked = url.pathname === "/v1/assign" ? this.onAssign() : this.takeEvents(init);
    if (url.pathname === "/v1/assign") this.assigns.push(url);
    const aborted = new Promise<never>((_, refuse) => {
      init.signal?.addEventListener("abort", () => refuse(new Error("aborted")));
    });
    const { status = 200, body = {} } = await Promise.race([asked, aborted]);
    return { ok: status < 400, status, json: async () => body } as Response;
  }

  private takeEvents(init: RequestInit): Answer | Promise<Answer> {
    const { events } = JSON.parse(String(init.body)) as { events: WireEvent[] };
    this.batches.push(events);
    return this.onEvents(events);
  }

  /** Every event that was sent by a request, in order. */
  get sent(): WireEvent[] {
    return this.batches.flat();
  }

  /** Moves the clock and runs what is due. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    await settle();
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.now = due.at;
      this.timers = this.timers.filter((timer) => timer !== due);
      due.run();
      await settle();
    }
    this.now = until;
  }

  /** Loads the snippet as its script element does, and lets the first events out. */
  async load(): Promise<this> {
    this.start();
    await this.advance(100);
    return this;
  }

  start(attributes: Record<string, string> = { "data-site": SITE }): void {
    const script = this.page.document.createElement("script");
    script.setAttribute("src", "https://loop.example/evoloop.js");
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    start(this.page, script);
  }

  /** The next page view of the same browser: storage and cookies are kept. */
  next(html = HTML, url = "https://shop.example/landing"): World {
    const world = new World(html, url);
    for (let index = 0; index < this.page.localStorage.length; index += 1) {
      const key = this.page.localStorage.key(index)!;
      world.page.localStorage.setItem(key, this.page.localStorage.getItem(key)!);
    }
    return world;
  }

  hide(): void {
    this.turn("hidden");
  }

  /** Hides the page or shows it, as another tab or a return to this one does. */
  turn(visibilityState: DocumentVisibilityState): void {
    const given = { value: visibilityState, configurable: true, writable: true };
    Object.defineProperty(this.page.document, "visibilityState", given);
    this.page.document.dispatchEvent(new this.page.Event("visibilitychange"));
  }

  click(css: string): void {
    const event = new this.page.MouseEvent("click", { bubbles: true, cancelable: true });
    event.preventDefault();
    this.page.document.querySelector(css)!.dispatchEvent(event);
  }

  text(css: string): string {
    return this.page.document.querySelector(css)!.textContent!;
  }
}

export const results = (events: WireEvent[], result: EventResult): Answer => ({
  body: { status: "recorded", results: events.map(({ id }) => ({ id, ...result })) },
});
