// The subset of CSS selectors of the patch language; the grammar is in crates/domain/src/patch/selector.rs.

const SPACE = "[ \\t\\n\\r\\f]";
const NAME = "[\\w\\x80-\\uffff-]+";
const ESCAPE = RegExp(`\\\\([\\da-f]{1,6}(\\r\\n|${SPACE})?|[^\\n\\r\\f\\da-f])`, "gi");
const ATTRIBUTE = RegExp(`\\[${SPACE}*${NAME}${SPACE}*([~|^$*]?=${SPACE}*(${NAME}|"")${SPACE}*i?${SPACE}*)?]`, "gi");
const NTH = `[+-]?(\\d{1,5}|\\d{0,5}n(${SPACE}*[+-]${SPACE}*\\d{1,5})?)`;
const PLACE = RegExp(`:((first|last|only)-(child|of-type)|nth-(last-)?(child|of-type)\\(${SPACE}*(odd|even|${NTH})${SPACE}*\\))`, "gi");
const COMPOUND = `(\\*|[a-z][a-z\\d-]*|(?=[#.[]))([#.]${NAME}|\\[])*`;
const NOT = RegExp(`:not\\(${SPACE}*${COMPOUND}${SPACE}*\\)`, "gi");
const SELECTOR = RegExp(`^${SPACE}*${COMPOUND}((${SPACE}*[>+~,]${SPACE}*|${SPACE}+)${COMPOUND}){0,19}${SPACE}*$`, "i");
const TAGS = "(script|style|head|meta|link|iframe|object|base)";
const NAMED = RegExp(`(^|[\\s>+~,(])${TAGS}(?![\\w-])`, "i");
/** All but the tags that are never touched. */
export const TOUCHABLE = RegExp(`^(?!${TAGS}$)`, "i");

/** Whether the browser reads a selector, nothing in it is outside of the subset, and it names nothing that is never touched. */
export function isSelector(document: Document, css: string): boolean {
  document.createDocumentFragment().querySelector(css);
  const bare = css
    .replace(ESCAPE, "_")
    .replace(/"[^"\\\n\r\f]*"|'[^'\\\n\r\f]*'/g, '""')
    .replace(ATTRIBUTE, "[]")
    .replace(PLACE, "[]");
  return SELECTOR.test(bare.replace(NOT, "[]")) && !NAMED.test(bare);
}
