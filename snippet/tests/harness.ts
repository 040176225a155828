// A page, a server and a clock that the tests drive by hand.

import { JSDOM, VirtualConsole } from "jsdom";
import { start } from "../src/start.js";
import type { Evoloop } from "../src/api.js";
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
  readonly eventUrls: string[] = [];
  readonly errors: unknown[] = [];
  /** Replace these to change what the server does. */
  onAssign: () => Answer | Promise<Answer> = () => ({ body: assignment() });
  onEvents: (events: WireEvent[]) => Answer | Promise<Answer> = (events) => ({
    body: { status: "recorded", results: events.map(({ id }) => ({ id, result: "recorded", counted: true })) },
  });
  /** Requests of `/v1/forget`, as they were sent. */
  readonly forgets: unknown[] = [];
  /** What becomes of a picture with this address. */
  onPicture: (src: string) => Promise<void> = () => Promise.resolve();
  takesBeacons = true;
  /** Whether the browser has drawn anything yet. */
  isPainted = false;
  now = 1;
  private timers: { id: number; at: number; run: () => void; every?: number }[] = [];
  private lastTimer = 0;
  private observers: { type: string; hear: PerformanceObserverCallback }[] = [];

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
    set(this.page.document, "hidden", false);
    set(this.page.document, "readyState", "complete");
    set(this.page, "setTimeout", (run: () => void, wait = 0) => this.addTimer({ at: this.now + wait, run }));
    set(this.page, "setInterval", (run: () => void, every: number) => this.addTimer({ at: this.now + every, run, every }));
    const clear = (id: number) => (this.timers = this.timers.filter((timer) => timer.id !== id));
    for (const name of ["clearTimeout", "clearInterval"]) set(this.page, name, clear);
    set(this.page, "AbortSignal", {
      timeout: (wait: number) => {
        const limit = new this.page.AbortController();
        this.addTimer({ at: this.now + wait, run: () => limit.abort() });
        return limit.signal;
      },
    });
    this.addLayout(set);
    set(this.page.navigator, "sendBeacon", (_url: string, body: string) => {
      if (this.takesBeacons) this.beacons.push((JSON.parse(body) as { events: WireEvent[] }).events);
      return this.takesBeacons;
    });
  }

  /** What a browser has and jsdom has not. */
  private addLayout(set: (target: object, name: string, value: unknown) => void): void {
    const world = this;
    class Sheet {
      text = "";
      replaceSync(text: string): void {
        this.text = text;
      }
    }
    set(this.page, "CSSStyleSheet", Sheet);
    set(this.page.document, "adoptedStyleSheets", []);
    set(this.page, "CSS", { supports: (_name: string, value: string) => !/^bogus/.test(value) });
    set(this.page.HTMLImageElement.prototype, "decode", function (this: HTMLImageElement) {
      return world.onPicture(this.getAttribute("src")!);
    });
    set(this.page, "requestIdleCallback", (run: () => void) => this.addTimer({ at: this.now, run }));
    const { performance } = this.page;
    set(performance, "now", () => this.now);
    set(performance, "timing", { get domContentLoadedEventStart() { return +(world.page.document.readyState !== "loading"); } });
    set(performance, "getEntriesByName", () => (this.isPainted ? [{}] : []));
    set(this.page, "PerformanceObserver", class {
      constructor(private hear: PerformanceObserverCallback) {}
      observe({ type = "" }: PerformanceObserverInit): void {
        world.observers.push({ type, hear: this.hear });
      }
    });
  }

  /** Tells whoever measures of an entry of the browser's. */
  measure(entryType: string, entry: object): void {
    const list = { getEntries: () => [{ entryType, ...entry }] } as unknown as PerformanceObserverEntryList;
    for (const { type, hear } of this.observers) if (type === entryType) hear(list, null as unknown as PerformanceObserver);
  }

  private addTimer(timer: { at: number; run: () => void; every?: number }): number {
    this.lastTimer += 1;
    this.timers.push({ id: this.lastTimer, ...timer });
    return this.lastTimer;
  }

  /** How many timers are running. */
  get pending(): number {
    return this.timers.length;
  }

  /** All rules of the style sheets that were made by script. */
  get rules(): string {
    return this.page.document.adoptedStyleSheets.map((sheet) => (sheet as unknown as { text: string }).text).join("");
  }

  /** What the page holds, its style sheets included. */
  get html(): string {
    return this.page.document.documentElement.outerHTML + this.rules;
  }

  /** What the browser keeps of the snippet's: storage and cookies. */
  get kept(): string {
    return JSON.stringify({ ...this.page.localStorage }) + this.page.document.cookie;
  }

  find<E extends Element = HTMLElement>(css: string): E {
    return this.page.document.querySelector<E>(css)!;
  }

  private async fetch(url: URL, init: RequestInit = {}): Promise<Response> {
    if (/forget/.test(url.pathname)) {
      this.forgets.push(JSON.parse(String(init.body)));
      return { ok: true } as Response;
    }
    const isAssign = /assign/.test(url.pathname);
    if (isAssign) this.assigns.push(url);
    const asked = isAssign ? this.onAssign() : this.takeEvents(url, init);
    const aborted = new Promise<never>((_, refuse) => {
      init.signal?.addEventListener("abort", () => refuse(new Error("aborted")));
    });
    const { status = 200, body = {} } = await Promise.race([asked, aborted]);
    return { ok: status < 400, status, json: async () => body } as Response;
  }

  private takeEvents(url: URL, init: RequestInit): Answer | Promise<Answer> {
    const { events } = JSON.parse(String(init.body)) as { events: WireEvent[] };
    this.batches.push(events);
    this.eventUrls.push(url.href);
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
      if (due.every) due.at += due.every;
      else this.timers = this.timers.filter((timer) => timer !== due);
      due.run();
      await settle();
    }
    this.now = until;
  }

  /** Loads the snippet as its script element does, and lets the first events out. */
  async load(attributes: Record<string, string> = {}): Promise<this> {
    this.start({ "data-site": SITE, ...attributes });
    await this.advance(100);
    return this;
  }

  start(attributes: Record<string, string> = { "data-site": SITE }): void {
    const script = this.page.document.createElement("script");
    script.setAttribute("src", "https://loop.example/evoloop.js");
    script.setAttribute("data-vitals", "0");
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
    world.page.document.cookie = this.page.document.cookie;
    return world;
  }

  /** Leaves the page for good. */
  leave(): void {
    this.hide();
  }

  hide(): void {
    this.turn("hidden");
  }

  /** Hides the page or shows it, as another tab or a return to this one does. */
  turn(visibilityState: DocumentVisibilityState): void {
    Object.defineProperty(this.page.document, "hidden", { value: visibilityState === "hidden", configurable: true, writable: true });
    this.page.document.dispatchEvent(new this.page.Event("visibilitychange", { bubbles: true }));
  }

  /** Denies this page its storage, and its cookies too if that is said. */
  deny(what: "storage" | "all"): void {
    const get = () => {
      throw new Error("denied");
    };
    Object.defineProperty(this.page, "localStorage", { get });
    if (what === "all") Object.defineProperty(this.page.document, "cookie", { get, set: get });
  }

  /** Leaves no room in local storage. */
  fill(): void {
    for (let size = 4_000_000, name = 0; size; name += 1) {
      try {
        this.page.localStorage.setItem(`theirs-${name}`, "x".repeat(size));
      } catch {
        size >>= 1;
      }
    }
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
