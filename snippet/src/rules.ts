// The rules of the patch language, once more: the server has checked the patch, and the page
// that it is applied to belongs to somebody else. Same limits as crates/domain/src/patch.rs.

import type { Op, Page, Patch, Target } from "./wire.js";

const MAX_OPS = 40;
const MAX_BYTES = 16 * 1024;
const MAX_VALUE_CHARS = 2000;
const MAX_SELECTOR_BYTES = 500;
const MAX_FALLBACKS = 4;
const ATTRIBUTES = ["alt", "title", "placeholder", "aria-label", "href", "src"];
/** Control characters, and marks that reorder the text around them. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const FORBIDDEN_WORD = /(^|[^\w.#-])(script|style|head|meta|link|iframe|object|base)(?![\w.#-])/i;

const byteLength = (text: string) => new TextEncoder().encode(text).length;
const hasOnly = (value: object, names: string) =>
  Object.keys(value).every((key) => names.split(" ").includes(key));

function isValue(value: unknown): value is string {
  return typeof value === "string" && [...value].length <= MAX_VALUE_CHARS && !UNSEEN.test(value);
}

function isSelector(css: unknown): boolean {
  return (
    typeof css === "string" &&
    css.trim() !== "" &&
    byteLength(css) <= MAX_SELECTOR_BYTES &&
    !FORBIDDEN_WORD.test(css)
  );
}

/** Whether an address stays on http(s): relative, or absolute with its scheme written out. */
export function isAddress(page: Page, address: unknown): boolean {
  if (!isValue(address)) return false;
  const text = address.trim();
  // A browser reads `\` as `/`, and `//host` leaves the site without saying so.
  if (text.includes("\\") || text.startsWith("//")) return false;
  try {
    return /^https?:$/.test(new page.URL(text, page.document.baseURI).protocol);
  } catch {
    return false;
  }
}

function isTarget(target: Target): boolean {
  const { css, n, tag, text, alt = [] } = target;
  return (
    hasOnly(target, "css n tag text alt") &&
    Array.isArray(alt) &&
    alt.length <= MAX_FALLBACKS &&
    [css, ...alt].every(isSelector) &&
    (n == null || (Number.isInteger(n) && n >= 0)) &&
    (tag == null || (typeof tag === "string" && !FORBIDDEN_WORD.test(tag))) &&
    (text == null || typeof text === "string")
  );
}

function isOp(page: Page, op: Op): boolean {
  if (!isTarget(op.target)) return false;
  switch (op.op) {
    case "text":
      return hasOnly(op, "op target value") && isValue(op.value) && op.value.trim() !== "";
    case "attr":
      return (
        hasOnly(op, "op target name value") &&
        ATTRIBUTES.includes(op.name) &&
        isValue(op.value) &&
        (!/^(href|src)$/.test(op.name) || isAddress(page, op.value))
      );
    case "image":
      return (
        hasOnly(op, "op target src alt") && isAddress(page, op.src) && (op.alt == null || isValue(op.alt))
      );
    default:
      return false;
  }
}

/** Whether every rule of the language holds. One broken rule refuses the whole patch. */
export function isPatch(page: Page, patch: Patch): boolean {
  try {
    return (
      patch.v === 1 &&
      hasOnly(patch, "v ops") &&
      patch.ops.length <= MAX_OPS &&
      byteLength(JSON.stringify(patch)) <= MAX_BYTES &&
      patch.ops.every((op) => isOp(page, op))
    );
  } catch {
    return false;
  }
}
