// The same engine, for the server's own browser: it shows a variant before any visitor sees it, and
// measures what becomes of the page. `node snippet/build.mjs --preview` puts it beside the server's code.

import { openEngine } from "./engine.js";
import { resolve } from "./locate.js";
import type { Page, Patch } from "./wire.js";

/** How one changed element is set, in CSS pixels. */
interface Place {
  lines: number;
  /** How much wider its content is than itself. */
  over: number;
  /** How far its content stands out of the boxes around it. */
  spill: number;
}

/** How the page is set in one window. */
interface Layout {
  width: number;
  /** How much wider the page is than the window. */
  overflow: number;
  places: Place[];
}

const page = window as Page;
let elements: (Element | null)[] = [];

/** The box of what an element holds: of its text, or of itself when it is a picture. */
function content(element: Element): { box: DOMRect; lines: number } {
  const range = page.document.createRange();
  range.selectNodeContents(element);
  const rects = Array.from(range.getClientRects()).filter((rect) => rect.width && rect.height);
  if (!rects.length) return { box: element.getBoundingClientRect(), lines: 0 };
  let [lines, bottom] = [0, -Infinity];
  for (const rect of rects.sort((a, b) => a.top - b.top)) {
    // Pieces of one line overlap by more than half of their height.
    if (rect.top + rect.height / 2 > bottom) lines += 1;
    bottom = Math.max(bottom, rect.bottom);
  }
  return { box: range.getBoundingClientRect(), lines };
}

function place(element: Element | null): Place {
  if (!element) return { lines: 0, over: 0, spill: 0 };
  const { box, lines } = content(element);
  let spill = 0;
  for (let around: Element | null = element; around && around !== page.document.body; around = around.parentElement) {
    const outer = around.getBoundingClientRect();
    // A box of no size holds nothing: what stands in it is placed elsewhere.
    if (!outer.width || !outer.height) continue;
    spill = Math.max(spill, box.bottom - outer.bottom, box.right - outer.right, outer.left - box.left);
  }
  const over = element.clientWidth ? Math.max(0, element.scrollWidth - element.clientWidth) : 0;
  return { lines, over, spill };
}

/** Remembers the elements that a patch changes; for an insertion, the one beside or in which it goes. */
export function begin(patch: Patch): string {
  elements = patch.ops.map((op) => resolve(page, op.op === "insert" ? Object.values(op.at)[0]! : op.target) ?? null);
  return "";
}

/** Applies a patch as for a visitor; whether the page shows it now. */
export function show(patch: Patch): Promise<string> {
  const engine = openEngine(page);
  return new Promise((done) => engine.show({ variant_id: "-", patch }, (missed) => done(missed ? "missed" : "shown")));
}

/** How the page is set once it was drawn again. */
export async function layout(): Promise<string> {
  await new Promise<void>((drawn) => {
    page.setTimeout(drawn, 400);
    page.requestAnimationFrame(() => page.requestAnimationFrame(() => drawn()));
  });
  const root = page.document.documentElement;
  const set: Layout = {
    width: page.innerWidth,
    overflow: Math.max(0, root.scrollWidth - root.clientWidth),
    places: elements.map(place),
  };
  return JSON.stringify(set);
}
