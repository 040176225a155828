// A patch put on the page: every operation, or none.

import { isPatch } from "./rules.js";
import type { ImageOp, Op, Page, Patch, Target } from "./wire.js";

/** Elements whose content is not the page's copy, whatever selector led there. */
const UNTOUCHABLE = "head,script,style,noscript,template,iframe,frame,object,embed,base,meta,link";
/** How long a picture may load before it counts as shown, in milliseconds. */
const PICTURE_MS = 2000;

/** What became of a patch. */
export interface Applied {
  /** How many operations were applied: all of them, or none. */
  applied: number;
  /** How many found no element, broke a rule or had a picture that does not load. */
  missed: number;
}

/** A change that is known to be possible. Doing it gives the way back. */
type Change = () => Undo;
type Undo = () => void;

/** Text as it is compared: runs of white space are one space. */
export function normalise(text: string | null): string {
  return (text ?? "").replace(/\s+/g, " ").trim();
}

/** Finds the one element that is meant, or nothing. */
export function resolve(page: Page, target: Target): Element | null {
  const pick = (css: string, n?: number | null): Element | null => {
    try {
      const found = page.document.querySelectorAll(css);
      const element = n == null ? (found.length === 1 ? found[0] : null) : found[n];
      const fits =
        element &&
        !element.closest(UNTOUCHABLE) &&
        (target.tag == null || element.localName === target.tag) &&
        (target.text == null || normalise(element.textContent) === normalise(target.text));
      return fits ? element : null;
    } catch {
      return null; // Not a selector that this browser knows.
    }
  };
  let element = pick(target.css, target.n);
  for (const css of target.alt ?? []) element ??= pick(css);
  return element;
}

/**
 * Text is changed inside the text nodes that are there, since frameworks keep references to them.
 * Text on several levels (`Try <em>it</em>`) cannot be replaced without losing an element.
 */
function planText(page: Page, element: Element, value: string): Change | null {
  const walker = page.document.createTreeWalker(element, page.NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    if (node.data.trim()) nodes.push(node);
  }
  const [first, ...others] = nodes;
  const parent = first?.parentElement;
  if (!first || !parent || parent.closest(UNTOUCHABLE)) return null;
  if (others.some((node) => node.parentNode !== parent)) return null;
  return () => {
    const before = nodes.map((node) => node.data);
    for (const node of nodes) node.data = node === first ? value : "";
    return () => nodes.forEach((node, index) => (node.data = before[index]!));
  };
}

/** Remembers the attributes of an element. Style goes through its own object: a page's CSP stops the attribute. */
function snapshot(element: HTMLElement): Undo {
  const kept = Array.from(element.attributes, ({ name, value }) => ({ name, value }));
  return () => {
    for (const { name } of Array.from(element.attributes)) element.removeAttribute(name);
    for (const { name, value } of kept) {
      if (name === "style") element.style.cssText = value;
      else element.setAttribute(name, value);
    }
  };
}

/** Another picture in the same box, so that nothing on the page moves. */
function planImage(page: Page, image: HTMLImageElement, op: ImageOp): Change {
  return () => {
    const holders = [image, ...(image.closest("picture")?.querySelectorAll("source") ?? [])];
    const undo = holders.map(snapshot);
    const { width, height, style } = image;
    if (width && height && image.complete) {
      if (!image.hasAttribute("width") || !image.hasAttribute("height")) {
        image.width = width;
        image.height = height;
      }
      // `height: auto` would follow the new picture's own shape.
      style.aspectRatio = `${width} / ${height}`;
      if (page.getComputedStyle(image).objectFit === "fill") style.objectFit = "cover";
    }
    for (const holder of holders) {
      holder.removeAttribute("srcset");
      holder.removeAttribute("sizes");
    }
    if (op.alt != null) image.alt = op.alt;
    image.src = op.src;
    return () => undo.forEach((back) => back());
  };
}

function plan(page: Page, op: Op, pictures: Set<HTMLImageElement>): Change | null {
  const element = resolve(page, op.target);
  if (!element) return null;
  if (op.op === "text") return planText(page, element, op.value);
  const isImage = element instanceof page.HTMLImageElement;
  if (isImage && (op.op === "image" || op.name === "src")) pictures.add(element);
  if (op.op === "image") return isImage ? planImage(page, element, op) : null;
  return () => {
    const undo = snapshot(element as HTMLElement);
    element.setAttribute(op.name, op.value);
    return undo;
  };
}

/** Whether a picture loads. One that is still loading, or waits to be scrolled to, is taken to. */
function loads(page: Page, image: HTMLImageElement): Promise<boolean> {
  return new Promise((done) => {
    if (image.complete) return done(true);
    image.addEventListener("load", () => done(true), { once: true });
    image.addEventListener("error", () => done(false), { once: true });
    // A visitor who leaves before that has seen the rest.
    page.addEventListener("pagehide", () => done(true), { once: true });
    page.setTimeout(done, PICTURE_MS, true);
  });
}

/** Resolves every operation on the untouched page, then applies all of them, or reports the misses. */
export async function apply(page: Page, patch: Patch): Promise<Applied> {
  if (!isPatch(page, patch)) return { applied: 0, missed: patch?.ops?.length || 1 };
  const pictures = new Set<HTMLImageElement>();
  const changes = patch.ops.map((op) => plan(page, op, pictures));
  let missed = changes.filter((change) => !change).length;
  if (missed) return { applied: 0, missed };
  const undo = changes.map((change) => change!());
  const loaded = await Promise.all(Array.from(pictures, (image) => loads(page, image)));
  missed = loaded.filter((ok) => !ok).length;
  if (missed) for (const back of undo.reverse()) back();
  return { applied: missed ? 0 : changes.length, missed };
}
