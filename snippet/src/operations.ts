// Each operation on an element that is there: what it does. How it is undone, the browser's own records say.

import { resolve, UNTOUCHABLE } from "./locate.js";
import { takes } from "./nesting.js";
import { placeOf } from "./rules.js";
import type { Op, Page, PatchNode } from "./wire.js";

/** An operation that is known to be possible. */
export interface Change {
  /** What bears the mark; for an insertion, the new element. */
  element: Element;
  /** Does it. */
  act?: () => void;
  /** What the style sheet says of the marked element. */
  rule?: (marked: string) => string;
  /** A picture that has to load. */
  picture?: HTMLImageElement;
  /** From where the place of a new or moved element is seen, and whether it goes beside that. */
  anchor?: Element;
  isBeside?: boolean;
  isMoved?: boolean;
  /** Whether it holds and how it is taken back, where the page changes the rest of the same attribute. */
  holds?: () => boolean;
  back?: () => void;
}

const texts = (node: Node): Text[] =>
  node.nodeType === 3 ? [node as Text] : Array.from(node.childNodes).flatMap(texts);

function build(page: Page, { tag, text = "", attrs = {}, children = [] }: PatchNode): Element {
  const element = page.document.createElement(tag);
  for (const name of Object.keys(attrs).sort()) element.setAttribute(name, attrs[name]!);
  if (text) element.append(text);
  element.append(...children.map((child) => build(page, child)));
  return element;
}

const includesLink = ({ tag, children = [] }: PatchNode): boolean => tag === "a" || children.some(includesLink);

/**
 * Plans one operation on the page as it is, or finds that it is not possible. One that is done again may know its
 * element still; a text is done again only where the old one stands.
 */
export function plan(page: Page, op: Op, known?: Element, beside?: Element): Change | undefined {
  const [side, place] = op.op === "insert" ? placeOf(op.at) : op.op === "move" ? placeOf(op.to) : [];
  const anchor = place && (beside?.isConnected ? beside : resolve(page, place));
  const isBeside = /before|after/.test(side!);
  if (place && !anchor) return undefined;
  if (op.op === "insert") {
    const parent = isBeside ? anchor!.parentElement : anchor!;
    const around: string[] = [];
    for (let outer = parent; outer; outer = outer.parentElement) around.unshift(outer.localName);
    if (!takes(around, op.node.tag) || (around.includes("a") && includesLink(op.node))) return undefined;
    const element = build(page, op.node);
    const method = { before: "before", after: "after", first: "prepend", last: "append" }[side!] as "before";
    return { element, act: () => anchor![method](element), anchor: anchor!, isBeside };
  }
  const element = known?.isConnected && op.op !== "text" ? known : resolve(page, op.target);
  if (!element) return undefined;
  switch (op.op) {
    case "text": {
      // Inside the text nodes that are there, since frameworks keep references to them. Text on several levels
      // (`Try <em>it</em>`) cannot be replaced without losing an element.
      const [first, ...others] = texts(element).filter(({ data }) => data.trim());
      const parent = first?.parentElement;
      if (!parent || parent.closest(UNTOUCHABLE) || others.some((node) => node.parentNode !== parent)) return undefined;
      const act = () => {
        first.data = op.value;
        for (const node of others) node.data = "";
      };
      return { element, act };
    }
    case "attr":
      return {
        element,
        act: () => element.setAttribute(op.name, op.value),
        ...(op.name === "src" && element.localName === "img" && { picture: element as HTMLImageElement }),
      };
    case "image": {
      const picture = element as HTMLImageElement;
      if (picture.localName !== "img") return undefined;
      const act = () => {
        for (const holder of [picture, ...(picture.closest("picture")?.querySelectorAll("source") ?? [])]) {
          holder.removeAttribute("srcset");
          holder.removeAttribute("sizes");
        }
        if (op.alt != null) picture.alt = op.alt;
        picture.setAttribute("src", op.src);
      };
      // The same box as before: `height: auto` would follow the new picture's own shape.
      const given = ["width", "height"].map((name) => picture.getAttribute(name)!);
      const [width, height] = given.every((size) => /^\d+$/.test(size) && +size) ? given : [picture.naturalWidth && picture.width, picture.height];
      const rule = (marked: string) => `:where(${marked}){aspect-ratio:${width}/${height};object-fit:cover}`;
      return { element, act, picture, ...(width && height && { rule }) };
    }
    case "style": {
      const set = Object.entries(op.set).sort(([a], [b]) => (a < b ? -1 : 1));
      if (!set.every(([name, value]) => page.CSS.supports(name, value))) return undefined;
      return { element, rule: (marked) => `${marked}{${set.map(([name, value]) => `${name}:${value}!important`).join(";")}}` };
    }
    case "hide":
      return { element, rule: (marked) => `${marked}{display:none!important}` };
    case "class": {
      const { classList } = element;
      const added = (op.add ?? []).filter((name) => !classList.contains(name));
      const removed = (op.remove ?? []).filter((name) => classList.contains(name) && !op.add?.includes(name));
      const act = () => {
        const kept = Array.from(element.classList).filter((name) => !op.remove?.includes(name));
        const names = [...new Set([...kept, ...(op.add ?? [])])].join(" ");
        if (names !== element.className) element.className = names;
      };
      const holds = () => added.every((name) => classList.contains(name)) && !removed.some((name) => classList.contains(name));
      const back = () => {
        classList.remove(...added);
        classList.add(...removed);
      };
      return { element, act, holds, back };
    }
    case "move":
      // Whoever types in it would lose the cursor.
      if (element === anchor || element.parentNode !== anchor!.parentNode || element.contains(page.document.activeElement)) return undefined;
      return { element, act: () => anchor![side as "before"](element), anchor: anchor!, isBeside, isMoved: true };
  }
}
