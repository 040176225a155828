// The language-neutral cases of the patch language.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A case of crates/domain/cases; which fields it has depends on its kind. */
export interface Case {
  name: string;
  kind: "valid" | "refused" | "import" | "apply" | "miss" | "left";
  where?: string;
  patch: unknown;
  html?: string;
  expected?: string;
  css?: string;
}

/** Writes out what the file says in short: `{"$repeat": X, "$times": N}` and `{"$join": [...]}`. */
export function expanded(value: any): any {
  if (Array.isArray(value)) return value.flatMap((entry) => Array.from({ length: entry?.$times ?? 1 }, () => expanded(entry?.$repeat ?? entry)));
  if (typeof value !== "object" || value === null) return value;
  if (value.$join) return value.$join.map(expanded).join("");
  if (value.$repeat) return value.$repeat.repeat(value.$times);
  // Entries, because a field may have the name of a setter.
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, expanded(field)]));
}

const ORDER = "v ops op at target css n tag text attrs children name src alt value set add remove to node".split(" ");
const SPARED = ["alt", "add", "remove", "attrs", "children"];

/** A patch as the server writes it: fields in the order of the schema, without empty lists. */
export function canonical(value: any): any {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const place = (name: string) => (ORDER.indexOf(name) + 1 || ORDER.length + 1);
  const isSpared = ([name, field]: [string, any]) =>
    SPARED.includes(name) && Array.isArray(field) === !/attrs/.test(name) && typeof field === "object" && field !== null && !Object.keys(field).length;
  const fields = Object.entries(value).filter((field) => !isSpared(field));
  return Object.fromEntries(fields.sort(([a], [b]) => place(a) - place(b)).map(([name, field]) => [name, canonical(field)]));
}

/** The cases of a file; none when it is not there. */
export function casesOf(file: "rules" | "patch"): Case[] {
  const path = fileURLToPath(new URL(`../../crates/domain/cases/${file}.json`, import.meta.url));
  if (!existsSync(path)) return [];
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };
  return cases;
}
