// A patch on the page: all of it or nothing, kept there as long as the page lives, and taken back.

import { watchHydration } from "./hydration.js";
import { resolve } from "./locate.js";
import { plan, putWords, type Part } from "./operations.js";
import { isPatch } from "./rules.js";
import type { Assignment, Op, Page, Target } from "./wire.js";

/** How long targets are waited for, in milliseconds. */
const PATIENCE_MS = 5000;
/** How long a page may take to draw another address of its own, in milliseconds. */
const SETTLE_MS = 100;
/** How long a picture may load before it counts as shown, in milliseconds. */
const PICTURE_MS = 2000;
/** Most times that lost operations are done again within some milliseconds, before the page is left alone. */
const MOST_AGAIN = 20;
const AGAIN_MS = 10_000;
/** Of the time on the main thread, looking takes no more than one part of so many. */
const SHARE = 20;

/** What became of a patch: how much was missing, so that nothing was applied, and whether the page has undone it again and again. */
export type Report = (missed: number, gaveUp?: boolean) => void;

export interface Engine {
  /**
   * Applies a patch as soon as the page is ready for it, `targets` included: further elements that must be there, so
   * that the control counts where a variant would. Reports once for this page, and once for each further address
   * of it until the patch was applied.
   */
  show(assignment: Pick<Assignment, "variant_id" | "patch" | "targets">, report: Report): void;
  /** The page went to another address of its own: all of the patch holds there, or nothing of it. */
  settle(): void;
  /** Takes the patch back and leaves the page alone. */
  revert(): void;
  /** How often lost operations were done again. */
  turns: number[];
}

/** Puts rules on the page by a style sheet made by script, which no content policy stops; what it gives takes them off. */
export function addRules(page: Page, rules: string): (..._: unknown[]) => void {
  const { document } = page;
  const sheet = new page.CSSStyleSheet();
  // A rule that a browser does not know takes no other with it.
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
  return () => (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet));
}

/** Takes operations back, the last one first. */
const undo = (parts: Part[]): void =>
  parts
    .flatMap(({ traces }) => traces.splice(0))
    .reverse()
    .forEach(([back]) => back());

/** Whether an operation is not done, or the page has undone it. */
const isLost = ({ change, traces }: Part) =>
  !change?.bearer.isConnected || traces.some(([, look, looked]) => look?.() !== looked);

/** Opens the engine. */
export function openEngine(page: Page): Engine {
  const { document, performance } = page;
  const mayChange = watchHydration(page);
  /** What is looked after; nothing before a patch came, after one that is none, and after giving up. */
  let ops: Op[] | undefined;
  let targets: Target[];
  let report: Report;
  let isServed: boolean | undefined;
  /** The operations once they were done; nothing while the page is as it was. */
  let done: Part[] | undefined;
  let removeRules: (() => void) | undefined;
  let missed: number;
  /** When lost operations were done again, the last time first. */
  const turns: number[] = [];
  /** Until when the page is waited for; nothing when the patch was reported. */
  let until: number;
  let free = 0;
  let timer: number | undefined;
  let settling: number | undefined;

  const observer = new page.MutationObserver(look);

  function stop(): void {
    observer.disconnect();
    page.clearTimeout(timer);
    undo(done ?? []);
    removeRules?.();
    done = undefined;
  }

  function tell(): void {
    if (until) report(missed);
    until = 0;
  }

  function fail(): void {
    stop();
    missed ||= 1;
    tell();
  }

  function revert(): void {
    stop();
    ops = undefined;
    until = 0;
  }

  /** Does what is not done: at first all of the patch or nothing, later what the page has undone. */
  function keep(): void {
    const parts = done ?? ops!.map((op, index): Part => ({ op, index, marked: `[data-evo~="${index}"]`, traces: [] }));
    const lost = parts.filter(isLost);
    undo(lost);
    // All are found before any of them changes. What the server has put into the page on its way here is only marked anew.
    const changes = lost.flatMap((part) => {
      const bearer = isServed && document.querySelector(part.marked);
      return (part.change = bearer ? { bearer } : plan(page, part)) ?? [];
    });
    const isFirst = !done;
    if (isFirst) {
      missed = parts.length - changes.length || targets.filter((target) => !resolve(page, target)).length;
      if (missed || (!isServed && changes.some(({ bearer, spot }) => !mayChange(spot ?? bearer)))) return;
      removeRules = addRules(page, changes.map(({ rule }) => rule ?? "").join(""));
      done = parts;
    } else {
      if (!changes.length) return;
      turns.unshift(performance.now());
      if (turns[MOST_AGAIN]! > performance.now() - AGAIN_MS) {
        revert();
        return report(1, true);
      }
    }
    // What the page would fade or slide changes at once.
    const calm = addRules(page, "[data-evo],[data-evo] *{transition:none!important}");
    // What is changed bears the numbers of its operations.
    for (const { change, traces, index } of lost)
      if (change) traces.push(...(change.act?.() ?? []), putWords(change.bearer, "data-evo", [`${index}`]));
    calm(document.body.offsetTop);
    for (const trace of parts.flatMap(({ traces }) => traces)) trace[2] = trace[1]?.();
    if (!isFirst) return;
    const late = () => new Promise((over) => page.setTimeout(over, PICTURE_MS));
    Promise.all(changes.map(({ picture }) => picture && Promise.race([picture.decode?.(), late()]))).then(
      () => done === parts && tell(),
      () => done === parts && fail(),
    );
  }

  /** Looks after the patch, never for more than a small share of the time. */
  function look(): void {
    page.clearTimeout(timer);
    const began = performance.now();
    if (began >= free) {
      try {
        keep();
        if (!done && began >= until) fail();
      } catch {
        fail(); // The page is in a state that nobody foresaw; it stays as it was.
      }
      free = performance.now() * (1 + SHARE) - began * SHARE;
      if (!until) return;
    }
    // A page can become ready without a change of its tree, so somebody has to ask.
    timer = page.setTimeout(look, 50);
  }

  function watch(): void {
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    free = 0;
    until = performance.now() + PATIENCE_MS;
    look();
  }

  return {
    show({ variant_id, patch, targets: wanted = [] }, told) {
      revert();
      [targets, report] = [wanted, told];
      missed = 0;
      until = 1;
      if (!isPatch(patch)) return fail();
      ops = patch.ops;
      // The last comment of the page says which variant the server has put into it.
      isServed = (document.createTreeWalker(document, 128).lastChild() as Comment)?.data.startsWith(`evoloop ${variant_id}`);
      watch();
    },
    settle() {
      page.clearTimeout(settling);
      settling = page.setTimeout(() => {
        if (!ops || (done && !done.some(isLost))) return;
        stop();
        watch();
      }, SETTLE_MS);
    },
    revert,
    turns,
  };
}
