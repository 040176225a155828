// The rules of the patch language, once more: the server has checked the patch, and the page
// that it is applied to belongs to somebody else. Same limits as crates/domain/src/patch.

import { takes } from "./nesting.js";
import { isSelector, TOUCHABLE } from "./selector.js";
import type { Page, Patch, PatchNode, Target } from "./wire.js";

/** Control characters, and marks that reorder the text around them. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const PROPERTY =
  /^((align|border|column|flex|font|justify|letter|line|margin|max|min|object|padding|row|text)(-[a-z]+)*|background(-color)?|box-shadow|color|display|gap|height|opacity|order|width)$/;
const FUNCTION = /\b(calc|clamp|color-mix|hsla?|max|min|oklch|rgba?|var|(linear|radial)-gradient)\(/gi;
const TAG = /^(p|span|a|[uo]l|li|strong|em|[bi]|small|div|section|h[2-6]|blockquote|figure|figcaption|img|[bh]r)$/;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Check = (value: any, of?: any) => unknown;

/** What an object holds; `?` is what may be absent. */
const FIELDS: Record<string, string> = {
  patch: "v ops",
  place: "css n? tag? text? alt?",
  node: "tag text? attrs? children?",
  text: "op target value",
  attr: "op target name value",
  image: "op target src alt?",
  style: "op target set",
  class: "op target add? remove?",
  hide: "op target",
  move: "op target to",
  insert: "op at node",
};

const bytes = (text: string) => new TextEncoder().encode(text).length;
const isText: Check = (value) => typeof value === "string" && [...value].length <= 2000 && !UNSEEN.test(value);
const is = (pattern: RegExp): Check => (value) => typeof value === "string" && pattern.test(value);
const isClass = is(/^[^\s\p{Cc}"'`<>&=\\]+$/u);
const list = (most: number, check: Check): Check => (values) =>
  Array.isArray(values) && values.length <= most && values.every((value) => check(value));

/** The only entry of an object that says where: its name, and from which element it is seen. */
export function placeOf(place: object): [string, Target] {
  const [entry, ...others] = Object.entries(place);
  if (others.length) throw 0;
  return entry!;
}

const isStyle: Check = ([name, value]) => {
  if (!PROPERTY.test(name) || !/^[\w .,%#()+*/-]{1,200}$/.test(value) || !value.trim() || /\/\*/.test(value)) return false;
  let [before, rest] = ["", value.replace(FUNCTION, "(")];
  if (/[\w-]\(/.test(rest)) return false;
  while (before !== rest) [before, rest] = [rest, rest.replace(/\([^()]*\)/, "")];
  return !/[()]/.test(rest);
};

const shows = ({ tag, text, children }: PatchNode): unknown => /^(img|hr)$/.test(tag) || text?.trim() || children?.some(shows);

/** Whether every rule of the language holds. One broken rule refuses the whole patch. */
export function isPatch(page: Page, patch: Patch): boolean {
  const has = (kind: string, value: any): unknown => {
    const names = FIELDS[kind]!.split(" ");
    return (
      Object.keys(value).every((key) => names.includes(key) || names.includes(`${key}?`)) &&
      names.every((name) => {
        const key = name.replace("?", "");
        return value[key] === undefined ? name !== key : CHECKS[key]!(value[key], value);
      })
    );
  };
  // Relative, or absolute with its scheme written out. A browser reads `\` as `/`, and `//host` leaves the site.
  const isSet = (name: string, text: string) =>
    isText(text) &&
    (!/^(href|src)$/.test(name) ||
      (!/\\|^\s*\/\//.test(text) && /^https?:$/.test(new page.URL(text.trim(), page.document.baseURI).protocol)));
  const isCss: Check = (css) => bytes(css) <= 500 && isSelector(page.document, css);
  const isClasses = list(10, (name) => isClass(name) && bytes(name) <= 100);
  const isPlace = (sides: RegExp): Check => (place) => sides.test(placeOf(place)[0]) && has("place", placeOf(place)[1]);
  const around: string[] = [];
  let left = 0;
  const CHECKS: Record<string, Check> = {
    v: (v) => v === 1,
    ops: list(40, (op) => has(op.op, op)),
    op: (kind, { add = [], remove = [] }) => is(/^/)(kind) && (kind !== "class" || add.length + remove.length),
    target: (target) => has("place", target),
    css: isCss,
    n: (n) => n === (n & 65_535),
    tag: (tag, { css, text, children, attrs }) =>
      css
        ? is(TOUCHABLE)(tag)
        : is(TAG)(tag) && left-- && (tag !== "img" || attrs.src) && !(/^(img|[bh]r)$/.test(tag) && (text != null || children?.length)),
    // What a page says may be long, and have whatever characters.
    text: (text, { css }) => (css ? is(/^/)(text) : isText(text)),
    alt: (alt, { css }) => (css ? list(4, isCss)(alt) : isText(alt)),
    value: (value, { name }) => isSet(name, value) && (name || value.trim()),
    name: is(/^(alt|title|placeholder|aria-label|href|src)$/),
    src: (src) => isSet("src", src),
    set: (set) => Object.keys(set).length && list(20, isStyle)(Object.entries(set)),
    add: isClasses,
    remove: isClasses,
    to: isPlace(/^(before|after)$/),
    at: isPlace(/^(before|after|first|last)$/),
    node: (node) => ((left = 30), has("node", node) && shows(node)),
    attrs: (attrs, { tag }) =>
      `${attrs}` === "[object Object]" &&
      Object.entries<string>(attrs).every(
        ([name, value]) =>
          isSet(name, value) &&
          /^(\w+ (class|title|aria-label) |a href |img (src |alt |(width|height) \d{1,4}$))/.test(`${tag} ${name} ${value}`),
      ),
    children: (children: PatchNode[], { tag }) => {
      around.push(tag);
      const fits = Array.isArray(children) && children.every((child) => around.length < 5 && takes(around, child.tag) && has("node", child));
      around.pop();
      return fits;
    },
  };
  try {
    return !!has("patch", patch) && bytes(JSON.stringify(patch)) <= 16_384;
  } catch {
    return false;
  }
}
