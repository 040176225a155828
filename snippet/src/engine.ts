// A patch on the page: all of it or nothing, kept there as long as the page lives, and taken back.

import { watchHydration } from "./hydration.js";
import { resolve } from "./locate.js";
import { plan, type Change } from "./operations.js";
import { isPatch } from "./rules.js";
import type { Page, Patch, Target } from "./wire.js";

/** What marks an element that a patch changed: the numbers of the operations. */
const MARK = "data-evo";
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

/** What became of a patch: how many operations were applied, all or none, and what was missing. */
export type Report = (applied: number, missed: number) => void;

export interface Engine {
  /**
   * Applies a patch as soon as the page is ready for it, `targets` included: further elements that must be there, so
   * that the control counts where a variant would. Reports once for this page, and once for each further address
   * of it until the patch was applied.
   */
  show(variant: string, patch: Patch, targets: Target[], report: Report): void;
  /** The page went to another address of its own: all of the patch holds there, or nothing of it. */
  settle(): void;
  /** Takes the patch back and leaves the page alone. */
  revert(): void;
  /** How often lost operations were done again. */
  again(): number;
}

/** An operation that was done: on what, and what the browser has recorded of it. */
interface Done {
  element: Element;
  anchor?: Element | undefined;
  back?: (() => void) | undefined;
  holds?: (() => boolean) | undefined;
  /** Beside each record what it left there, and what stood there when all operations were done. None of what was served. */
  records?: [record: MutationRecord, left: unknown, stood?: unknown][];
}

/** What stands where a record says that something changed. */
const stands = ({ type, target, attributeName, addedNodes }: MutationRecord): unknown =>
  type === "attributes"
    ? (target as Element).getAttribute(attributeName!)
    : type === "characterData"
      ? target.isConnected && (target as Text).data
      : !addedNodes.length || addedNodes[0]!.parentNode === target;

/** Puts back what a record says was there. */
function putBack({ type, target, attributeName, oldValue, addedNodes, removedNodes, nextSibling }: MutationRecord): void {
  const element = target as Element;
  if (type === "characterData") (target as Text).data = oldValue!;
  else if (type === "childList") {
    addedNodes.forEach((node) => element.removeChild(node));
    removedNodes.forEach((node) => element.insertBefore(node, nextSibling?.parentNode === target ? nextSibling : null));
  } else if (oldValue === null) element.removeAttribute(attributeName!);
  else element.setAttribute(attributeName!, oldValue);
}

/** Puts rules on the page by a style sheet made by script, which no content policy stops; what it gives takes them off. */
export function addRules(page: Page, rules: string[]): () => void {
  const { document } = page;
  const sheet = new page.CSSStyleSheet();
  // A rule that a browser does not know takes no other with it.
  sheet.replaceSync(rules.join(""));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet));
}

/** Opens the engine. `gaveUp` is told when the page undoes the patch again and again. */
export function openEngine(page: Page, gaveUp: () => void): Engine {
  const { document, performance } = page;
  let patch: Patch;
  let targets: Target[];
  let report: Report;
  let isWaiting = false;
  /** What was done, by operation; nothing while the page is as it was. */
  let done: (Done | undefined)[] | null = null;
  let removeRules = () => {};
  let mayChange: ReturnType<typeof watchHydration>;
  let missed = 0;
  let turns: number[] = [];
  let again = 0;
  let free = 0;
  /** Whether there is a patch to look after; not so before one came, after one that is none, and after giving up. */
  let isOn = false;
  let [asking, ending, looking, settling] = [0, 0, 0, 0];

  const observer = new page.MutationObserver(() => look());

  /** The marks of an element, without that of one operation. */
  const marksOf = (element: Element, index: number): string[] =>
    (element.getAttribute(MARK)?.split(" ") ?? []).filter((mark) => mark !== `${index}`);

  /** Does one operation and marks what it changed. */
  function act({ element, act, anchor, back, holds }: Change, index: number): void {
    observer.takeRecords();
    act?.();
    const records = observer.takeRecords();
    element.setAttribute(MARK, [...marksOf(element, index), index].join(" "));
    done![index] = { element, anchor, back, holds, records: records.map((record) => [record, stands(record)]) };
  }

  /** Remembers how the page is with everything done. */
  function settled(): void {
    for (const entry of done!.flatMap((made) => made?.records ?? [])) entry[2] = stands(entry[0]);
  }

  /** Puts back what is still ours; an element that the page has taken from where we put it is its own again. */
  function undo(index: number): void {
    const { element, records, back } = done![index] ?? {};
    if (!element || !records) return;
    if (patch.ops[index]!.op === "insert") for (const one of [element, ...document.querySelectorAll(marked(index))]) one.remove();
    const marks = marksOf(element, index).join(" ");
    if (marks) element.setAttribute(MARK, marks);
    else element.removeAttribute(MARK);
    let isTaken = false;
    if (back && records.some(([record, left]) => stands(record) !== left)) return back();
    for (const [record, left] of records.reverse()) {
      isTaken ||= record.type === "childList" && stands(record) !== left;
      if (!isTaken && stands(record) === left) putBack(record);
    }
  }

  function stop(): void {
    observer.disconnect();
    for (const timer of [asking, ending, looking]) page.clearTimeout(timer);
    for (let index = done?.length ?? 0; index--; ) undo(index);
    removeRules();
    done = null;
  }

  function tell(applied: number): void {
    page.clearTimeout(asking);
    if (isWaiting) report(applied, missed);
    isWaiting = false;
  }

  const marked = (index: number) => `[${MARK}~="${index}"]`;

  /** All operations on the untouched page, if all are possible. */
  function attempt(): void {
    const changes = patch.ops.map((op) => plan(page, op)).filter((change) => !!change);
    // No chain of moves is followed.
    const moved = changes.filter(({ isMoved }) => isMoved).map(({ element }) => element);
    const isTangled = new Set(moved).size < moved.length || changes.some(({ isBeside, anchor }) => isBeside && moved.includes(anchor!));
    // What was served with another patch stays as it was served.
    const isServed = changes.some(({ element, anchor }) => [element, anchor].some((one) => one?.hasAttribute(MARK)));
    missed = patch.ops.length - changes.length + +(isTangled || isServed) || targets.filter((target) => !resolve(page, target)).length;
    if (missed || !changes.every(({ element, anchor }) => mayChange(anchor ?? element))) return;
    removeRules = addRules(page, changes.map(({ rule }, index) => rule?.(marked(index)) ?? ""));
    const began: typeof done = (done = []);
    // What the page would fade or slide changes at once.
    const calm = addRules(page, [`[${MARK}],[${MARK}] *{transition:none!important}`]);
    changes.forEach(act);
    for (const { element } of changes) page.getComputedStyle(element).getPropertyValue("color");
    calm();
    settled();
    const late = new Promise((over) => page.setTimeout(over, PICTURE_MS));
    const pictures = changes.flatMap(({ picture }) => picture ?? []);
    if (!pictures.length) return tell(began.length);
    Promise.all(pictures.map((image) => Promise.race([late, image.decode()]))).then(
      () => done === began && tell(began.length),
      () => {
        if (done !== began) return;
        missed = 1;
        stop();
        tell(0);
      },
    );
  }

  /** What the server has put into the page on its way here is only found: a comment at its end says which variant. */
  function adopt(): void {
    done = patch.ops.map((_op, index) => {
      const element = document.querySelector(marked(index));
      return element ? { element } : undefined;
    });
    missed = done.filter((made) => !made).length;
    tell(done.length);
  }

  /** What the page has undone since is done again, as often as the budget allows. */
  function keep(): void {
    const lost = Array.from(done!.keys()).filter((index) => {
      const { element, records, holds } = done![index] ?? {};
      return (
        !element?.isConnected ||
        !element.matches(marked(index)) ||
        (holds ? !holds() : records?.some(([record, , stood]) => record.type !== "childList" && stands(record) !== stood))
      );
    });
    [...lost].reverse().forEach(undo);
    // Found before any of them changes, as at first.
    const changes = lost.map((index) => plan(page, patch.ops[index]!, done![index]?.element, done![index]?.anchor));
    lost.forEach((index, at) => (changes[at] ? act(changes[at]!, index) : (done![index] = undefined)));
    settled();
    if (changes.some(Boolean)) again += turns.push(performance.now()) && 1;
    turns = turns.filter((turn) => turn > performance.now() - AGAIN_MS);
    if (turns.length > MOST_AGAIN) {
      isOn = false;
      stop();
      gaveUp();
    }
  }

  /** Looks after the patch, never for more than a small share of the time. */
  function look(): void {
    const began = performance.now();
    page.clearTimeout(looking);
    if (began < free) {
      looking = page.setTimeout(look, free - began);
      return;
    }
    try {
      if (done) keep();
      else attempt();
    } catch {
      stop(); // The page is in a state that nobody foresaw; it stays as it was.
      missed ||= 1;
      tell(0);
    }
    observer.takeRecords();
    free = performance.now() * (1 + SHARE) - began * SHARE;
  }

  function watch(): void {
    isWaiting = true;
    observer.observe(document, { subtree: true, childList: true, characterDataOldValue: true, attributeOldValue: true });
    // A page can become ready without a change of its tree, so somebody has to ask.
    asking = page.setInterval(() => (done ? page.clearTimeout(asking) : look()), 50);
    ending = page.setTimeout(() => {
      if (done) return;
      stop();
      missed ||= 1;
      tell(0);
    }, PATIENCE_MS);
    look();
  }

  return {
    show(...given) {
      stop();
      isOn = false;
      const [variant] = given;
      [, patch, targets, report] = given;
      isWaiting = true;
      [turns, free] = [[], 0];
      missed = patch?.ops?.length || 1;
      if (!isPatch(page, patch)) return tell(0);
      isOn = true;
      mayChange ??= watchHydration(page);
      const isServed = [document, document.documentElement, document.body].some(({ lastChild }) => (lastChild as Comment)?.data?.startsWith(`evoloop ${variant}`));
      if (isServed) adopt();
      watch();
      isWaiting &&= !isServed;
    },
    settle() {
      page.clearTimeout(settling);
      settling = page.setTimeout(() => {
        if (!isOn) return;
        free = 0;
        if (done) look();
        if (done && !done.includes(undefined)) return;
        stop();
        watch();
      }, SETTLE_MS);
    },
    revert() {
      isOn = false;
      stop();
    },
    again: () => again,
  };
}
