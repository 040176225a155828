// The rules of the patch language, once more: the server has checked the patch, and the page
// that it is applied to belongs to somebody else. The same rules as crates/domain/src/patch.
//
// What is checked is the JSON of the patch, by a grammar: where a field is none, or a value is not allowed, there is
// no way to read it. Fields stand in the order in which the server writes them. Everything in a text is read by
// whole characters, an escape being one, so that nothing inside of a text is taken for its end.

import type { Patch, Target } from "./wire.js";

const list = (part: string, more = ""): string => `${part}(,${part}){0,${more}}`;

/** A character of a JSON text, and a text of the page's own. */
const ANY = '([^"\\\\]|\\\\.)';
const STRING = `"${ANY}*"`;
/** What the patch itself says: no control characters, and no marks that reorder the text around them. */
const PLAIN = '[^"\\\\\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]';
const TEXT = `"(${PLAIN}|\\\\["\\\\]){0,2000}"`;
/** Relative, or absolute with its scheme written out. A browser reads `\` as `/`, and `//host` leaves the site. */
const ADDRESS = `"(?!\\s*(//|(?!https?://)[\\w+.-]+:))${PLAIN}{0,2000}"`;

/** A selector without states, namespaces and nesting; whether it is one, the browser says. */
const CSS =
  `"(?=${ANY}{1,500}")([^"\\\\:/&|[]|\\\\[^\\\\]|\\\\\\\\${ANY}|\\[([^"\\\\\\]]|\\\\.)*\\]` +
  `|:(not|(first|last|only|nth(-last)?)-(child|of-type)))+"`;
const TARGETS = RegExp(`\\{"css":${CSS}(,"n":\\d+)?(,"tag":${STRING})?(,"text":${STRING})?(,"alt":\\[${list(CSS, "3")}\\])?\\}`, "gu");

/** A style sheet's value; it loads nothing, and its brackets match. */
const VALUE = "[\\w .,%#+*/-]";
const nest = (inside: string): string => `(${VALUE}|\\(${inside}\\))*`;
const STYLE =
  '"(align|background|border|box|color|column|display|flex|font|gap|height|justify|letter|line|margin|max|min|object|opacity|order|padding|row|text|width)(-[a-z]+)*"' +
  `:"(?! *"|[^"]*([uU][rR][lL]|/\\*))${nest(nest(nest(`${VALUE}*`)))}"`;
const CLASSES = `\\[${list(`"((?!\\s)${PLAIN}){1,100}"`, "9")}\\]`;

/** An element to insert; those inside of it are read before. */
const ATTRIBUTES = `(,"attrs":\\{${list(`("(alt|aria-label|class|height|title|width)":${TEXT}|"(href|src)":${ADDRESS})`)}\\})?`;
const NODES = RegExp(
  `\\{"tag":"((img|[bh]r)"${ATTRIBUTES}|([abip]|[uo]l|li|strong|em|small|div|span|section|h[2-6]|blockquote|figure|figcaption)"` +
    `(,"text":${TEXT})?${ATTRIBUTES}(,"children":\\[${list("N")}\\])?)\\}`,
  "gu",
);

const OPERATION =
  `\\{"op":"(text","target":T,"value":(?!"\\s*")${TEXT}|attr","target":T,"name":"((alt|title|placeholder|aria-label)","value":${TEXT}|(href|src)","value":${ADDRESS})` +
  `|image","target":T,"src":${ADDRESS}(,"alt":${TEXT})?|style","target":T,"set":\\{${list(STYLE, "19")}\\}` +
  `|class","target":T(?=,)(,"add":${CLASSES})?(,"remove":${CLASSES})?|hide","target":T` +
  '|move","target":T,"to":\\{"(before|after)":T\\}|insert","at":\\{"(before|after|first|last)":T\\},"node":N)\\}';
const PATCH = RegExp(`^\\{"v":1,"ops":\\[(${list(OPERATION, "39")})?\\]\\}$`, "u");

/** The only entry of an object that says where: its name, and from which element it is seen. */
export const placeOf = (place: object): [string, Target] => Object.entries(place)[0]!;

/** Whether every rule of the language holds. One broken rule refuses the whole patch. */
export function isPatch(patch: Patch): boolean {
  const json = JSON.stringify(patch);
  let text = json.replace(TARGETS, "T");
  for (let level = 5; level--; ) text = text.replace(NODES, "N");
  return new TextEncoder().encode(json).length <= 16_384 && PATCH.test(text);
}
