// What the page says to the snippet, and hears of it.

export type EventName = "applied" | "missed" | "reverted" | "gave_up";

/** Tells the page of something. */
export type Tell = (name: EventName, detail?: object) => void;

/** What the page sees as `window.evoloop`. A page may put `{q: []}` there first and push calls into `q`. */
export interface Evoloop {
  /** Reports the primary goal, or the event or revenue goals of that name. */
  convert(goal?: string | null, options?: { value?: number }): void;
  /** The variant that this visitor sees, once it is known. */
  variant(): string | undefined;
  /** Calls back at every event of that name, and at once if there was one. */
  on(name: EventName, callback: (detail?: object) => void): void;
  /** Whether the visitor agrees, where the site asks; `false` takes everything back. */
  consent(isGiven: boolean): void;
  /** Erases the visitor, here and on the server. */
  forget(): void;
  /** Where a page may put calls before the snippet is there, and goes on to put them. */
  q?: Call[] | { push(call: Call): void };
}

/** A call that came before the snippet: `["convert", "signup"]`. */
export type Call = [name: "convert" | "on" | "consent" | "forget", ...given: unknown[]];
