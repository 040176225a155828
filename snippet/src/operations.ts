// Each operation on an element that is there: what it does, and how that is undone.

import { resolve, UNTOUCHABLE } from "./locate.js";
import { placeOf } from "./rules.js";
import type { Op, Page, PatchNode, StyleOp, Target } from "./wire.js";

/** Something that was changed: how it is put back, how it looks, and how it looked when the whole patch was done. */
export type Trace = [back: () => unknown, look?: () => unknown, looked?: unknown];

/** An operation that is known to be possible. */
export interface Change {
  /** What bears the mark; for an insertion, the new element. */
  bearer: Element;
  /** Does it. */
  act?: () => Trace[];
  /** What the style sheet says. */
  rule?: string | undefined;
  /** What has to load, if it is a picture. */
  picture?: HTMLImageElement | false;
  /** From where the place of a new or moved element is seen. */
  spot?: Element | undefined;
}

/** One operation of the patch, and what has become of it. */
export interface Part {
  op: Op;
  index: number;
  /** What selects its element by its mark. */
  marked: string;
  change?: Change | undefined;
  /** What was done, as long as it is on the page. */
  traces: Trace[];
}

/** Sets an attribute, or, without a name, a text. It is put back as long as it stands; else the page has the last word, or `otherwise`. */
export function put(element: Element, name: string, value: string | null, otherwise?: () => unknown): Trace;
export function put(text: Text, name: "", value: string): Trace;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function put(node: any, name: string, value: string | null, otherwise?: () => unknown): Trace {
  const get = () => (name ? node.getAttribute(name) : node.isConnected && node.data);
  const set = (value: string | null) => {
    if (value === null) node.removeAttribute(name);
    else if (name) node.setAttribute(name, value);
    else node.data = value;
  };
  const old = get();
  set(value);
  return [() => (get() === value ? set(old) : otherwise?.()), get];
}

/** Adds words to an attribute and takes others out, which leaves it alone where the page changes the rest of it. */
export function putWords(element: Element, name: string, add: string[] = [], remove: string[] = []): Trace {
  const words = (): string[] => (element.getAttribute(name) ?? "").split(/[ \t\n\f\r]+/).filter(Boolean);
  const mixed = (add: string[], remove: string[]) => [...new Set([...words().filter((word) => !remove.includes(word)), ...add])].join(" ");
  const before = words();
  const otherwise = () =>
    put(element, name, mixed(remove.filter((word) => before.includes(word)), add.filter((word) => !before.includes(word))) || null);
  const [back] = put(element, name, mixed(add, remove) || (element.getAttribute(name) && ""), otherwise);
  return [back, () => mixed(add, remove) === words().join(" ")];
}

const texts = (node: Node): Text[] =>
  node.nodeType === 3 ? [node as Text] : Array.from(node.childNodes).flatMap(texts);

function build(page: Page, { tag, text = "", attrs = {}, children = [] }: PatchNode): Element {
  const element = page.document.createElement(tag);
  for (const [name, value] of Object.entries(attrs).sort()) element.setAttribute(name, value);
  element.append(text, ...children.map((child) => build(page, child)));
  return element;
}

/**
 * Plans one operation on the page as it is, or finds that it is not possible.
 * One that is done again may know its element still; a text is done again only where the old one stands.
 */
export function plan(page: Page, { op, marked, change: known }: Pick<Part, "op" | "marked" | "change">): Change | undefined {
  const find = (known: Element | undefined, target: Target) => (known?.isConnected ? known : resolve(page, target));
  const [side, place] = op.op === "insert" ? placeOf(op.at) : op.op === "move" ? placeOf(op.to) : [];
  const spot = place && find(known?.spot, place);
  // An insertion goes where it is told again; a text is done again only where the old one stands.
  const bearer = op.op === "insert" ? build(page, op.node) : find(op.op === "text" ? undefined : known?.bearer, op.target);
  if (!bearer || (place && !spot)) return undefined;
  switch (op.op) {
    case "text": {
      // Inside the text nodes that are there, since frameworks keep references to them. Text on several levels
      // (`Try <em>it</em>`) cannot be replaced without losing an element.
      const nodes = texts(bearer).filter((text) => text.data.trim());
      const parent = nodes[0]?.parentElement;
      if (!parent || parent.closest(UNTOUCHABLE) || nodes.some((node) => node.parentNode !== parent)) return undefined;
      return { bearer, act: () => nodes.map((node, index) => put(node, "", index ? "" : op.value)) };
    }
    case "attr":
      return { bearer, act: () => [put(bearer, op.name, op.value)], picture: op.name === "src" && (bearer as HTMLImageElement) };
    case "image": {
      const picture = bearer as HTMLImageElement;
      if (picture.localName !== "img") return undefined;
      const act = () => [
        ...[picture, ...(picture.closest("picture") ?? picture).querySelectorAll("source")].flatMap((holder) => [
          put(holder, "srcset", null),
          put(holder, "sizes", null),
        ]),
        put(picture, "alt", op.alt ?? picture.getAttribute("alt")),
        put(picture, "src", op.src),
      ];
      // The same box as before: `height: auto` would follow the new picture's own shape.
      const given = [picture.getAttribute("width")!, picture.getAttribute("height")!];
      const [width, height] = given.every((size) => /^0*[1-9]\d*$/.test(size)) ? given : [picture.naturalWidth && picture.width, picture.height];
      return { bearer, act, picture, rule: width && height ? `:where(${marked}){aspect-ratio:${width}/${height};object-fit:cover}` : "" };
    }
    case "hide":
    case "style": {
      const set = Object.entries((op as StyleOp).set ?? { display: "none" }).sort();
      if (set.some(([name, value]) => !page.CSS.supports(name, value))) return undefined;
      return { bearer, rule: `${marked}{${set.map(([name, value]) => `${name}:${value}!important`).join(";")}}` };
    }
    case "class":
      return { bearer, act: () => [putWords(bearer, "class", op.add, op.remove)] };
    case "insert":
    case "move": {
      // Whoever types in it would lose the cursor.
      if (op.op === "move" && (bearer === spot || bearer.parentNode !== spot!.parentNode || bearer.contains(page.document.activeElement))) return undefined;
      const act = (): Trace[] => {
        const { parentNode, nextSibling } = bearer;
        const method = { first: "prepend", last: "append" }[side!] ?? side;
        spot![method as "before"](bearer);
        const back = () => {
          // The page may have made copies of what is new. What it has taken from where we put it is its own again.
          if (!parentNode) for (const one of [bearer, ...page.document.querySelectorAll(marked)]) one.remove();
          else if (bearer.parentNode === parentNode) parentNode.insertBefore(bearer, nextSibling?.parentNode === parentNode ? nextSibling : null);
        };
        return [[back]];
      };
      return { bearer, act, spot };
    }
  }
}
