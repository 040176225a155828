// Types of what the snippet puts on the page, for sites written in TypeScript: copy this file, or refer to it.

/** What the snippet tells with `applied` and `missed`. */
interface EvoloopOutcome {
  /** The variant that was to be shown. */
  variant: string;
  /** How many operations were applied: all of them, or none. */
  applied: number;
  /** How many found no element or broke a rule. */
  missed: number;
  /** Milliseconds from the start of the snippet until then. */
  ms: number;
  /** Whether the original could be seen before. */
  painted_before_apply: boolean;
}

interface Evoloop {
  /** Reports the primary goal, or the event or revenue goals of that name; `value` is an amount of money. */
  convert(goal?: string | null, options?: { value?: number }): void;
  /** The id of the variant that this visitor sees, once it is known. */
  variant(): string | undefined;
  /** Calls back at every event of that name, and at once for those that have happened. */
  on(name: "applied" | "missed", callback: (outcome: EvoloopOutcome) => void): void;
  on(name: "reverted" | "gave_up", callback: () => void): void;
  /** Whether the visitor agrees, where the site asks for it; `false` takes everything back and forgets it. */
  consent(isGiven: boolean): void;
  /** Erases the visitor, in this browser and on the server. */
  forget(): void;
  /** Takes the calls that may come before the snippet is there. */
  q: { push(call: EvoloopCall): void };
}

/** A call that may come before the snippet is there. */
type EvoloopCall = ["convert" | "on" | "consent" | "forget", ...unknown[]];

/** Calls that come before the snippet is there: `evoloop.q.push(["convert", "signup"])`. */
interface EvoloopQueue {
  q: EvoloopCall[];
}

/** Once the snippet is there. */
declare const evoloop: Evoloop;

interface Window {
  evoloop?: Evoloop | EvoloopQueue;
}
