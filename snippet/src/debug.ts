// `?evo_debug`: a panel on the page that says which variant is shown, why, and what of its patch was missed.
// A file of its own, which only this parameter loads.

import { normalise, resolve } from "./locate.js";
import { plan } from "./operations.js";
import { placeOf } from "./rules.js";
import type { Evoloop, EventName } from "./api.js";
import type { Assignment, Op, Page, Target } from "./wire.js";

/** What the snippet tells with each event. */
interface Detail {
  assignment?: Assignment & { is_control?: boolean; holdout?: boolean; epoch?: number };
  applied?: number;
  missed?: number;
  ms?: number;
  painted_before_apply?: boolean;
}

const page = window as Page & { evoloop?: Evoloop };
const { document } = page;

const STYLE = `
:host { all: initial; position: fixed; inset: auto 12px 12px auto; z-index: 2147483647; max-width: min(420px, calc(100vw - 24px)); color-scheme: light dark;
  font: 13px/1.5 system-ui, sans-serif; color: light-dark(#18181b, #fafafa); }
section { max-height: 60vh; overflow: auto; padding: 12px 14px; border: 1px solid light-dark(#d4d4d8, #3f3f46); border-radius: 10px;
  background: light-dark(#fff, #18181b); box-shadow: 0 8px 24px rgb(0 0 0 / 25%); }
h2 { margin: 0 28px 4px 0; font-size: 14px } p { margin: 0 0 6px; overflow-wrap: anywhere } ol { margin: 0; padding-left: 20px } li { overflow-wrap: anywhere }
code { font: 12px ui-monospace, monospace } .missed { color: light-dark(#b91c1c, #fca5a5) } .applied { color: light-dark(#15803d, #86efac) }
button { all: revert; position: absolute; top: 8px; right: 8px; min-width: 28px; min-height: 28px; font: inherit; cursor: pointer }`;

/** Why the visitor sees what they see. */
function reason({ assignment }: Detail): string {
  if (!assignment) return "nothing was assigned: the site is unknown or paused, or the server did not answer";
  if (assignment.preview) return "a preview link; nothing is counted";
  if (assignment.holdout) return "the holdout, which always sees the untouched page";
  return assignment.is_control ? "the control, the untouched page" : `by the weights of epoch ${assignment.epoch}`;
}

/** Why a target means no element. */
function fault({ css, n, tag, text, alt = [] }: Target): string {
  for (const selector of [css, ...alt]) {
    try {
      const found = document.querySelectorAll(selector);
      const element = found[n ?? 0];
      if (!element) continue;
      if (n == null && found.length > 1) return `“${selector}” matches ${found.length} elements`;
      if (tag != null && element.localName !== tag) return `“${selector}” is a <${element.localName}>, not a <${tag}>`;
      if (text != null && normalise(element.textContent!) !== normalise(text)) return `“${selector}” reads “${normalise(element.textContent!).slice(0, 60)}” now`;
    } catch {
      return `“${selector}” is no selector that this browser knows`;
    }
  }
  return `nothing matches “${css}”`;
}

function isThere(target: Target): boolean {
  try {
    return !!resolve(page, target);
  } catch {
    return false; // Not a selector that this browser knows.
  }
}

const targetsOf = (op: Op): Target[] =>
  op.op === "insert" ? [placeOf(op.at)[1]] : op.op === "move" ? [op.target, placeOf(op.to)[1]] : [op.target];

/** One line about one operation. */
function line(op: Op, index: number): [text: string, isApplied: boolean] {
  const [target] = targetsOf(op) as [Target];
  const what = `${op.op} ${target.css}`;
  if (document.querySelector(`[data-evo~="${index}"]`)) return [`${what}: applied`, true];
  const lost = targetsOf(op).find((target) => !isThere(target));
  if (lost) return [`${what}: ${fault(lost)}`, false];
  return [`${what}: ${plan(page, { op, marked: "" }) ? "possible, but another operation was missed" : "cannot be done on this element"}`, false];
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text: string, className = ""): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Draws the panel anew. */
function draw(root: ShadowRoot, name: EventName | "waiting", detail: Detail): void {
  const { assignment, applied = 0, missed = 0, ms, painted_before_apply } = detail;
  const section = document.createElement("section");
  section.setAttribute("role", "status");
  const close = element("button", "×");
  close.setAttribute("aria-label", "Close the Evoloop panel");
  close.addEventListener("click", () => root.host.remove());
  section.append(close, element("h2", `Evoloop: ${name.replace("_", " ")}`));
  section.append(element("p", assignment ? `Variant ${assignment.variant_id}: ${reason(detail)}` : reason(detail)));
  if (assignment) {
    const painted = painted_before_apply ? "; the original was seen before" : "";
    section.append(element("p", `${applied} applied, ${missed} missed, ${ms} ms after the start${painted}`));
    const list = document.createElement("ol");
    assignment.patch.ops.forEach((op, index) => {
      const [text, isApplied] = line(op, index);
      list.append(element("li", text, isApplied ? "applied" : "missed"));
    });
    for (const target of assignment.targets ?? []) {
      if (!missed || isThere(target) || assignment.patch.ops.some((op) => targetsOf(op).some(({ css }) => css === target.css))) continue;
      list.append(element("li", `a variant in its place needs: ${fault(target)}`, "missed"));
    }
    section.append(list);
  }
  root.replaceChildren(section);
}

const host = document.createElement("evoloop-debug");
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
root.adoptedStyleSheets = [sheet];
document.documentElement.append(host);
draw(root, "waiting", {});
let last: Detail = {};
for (const name of ["applied", "missed", "reverted", "gave_up"] as const) {
  page.evoloop?.on(name, (detail) => draw(root, name, (last = (detail as Detail | undefined) ?? last)));
}
