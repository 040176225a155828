// The language-neutral cases of the patch language.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A case of crates/domain/cases; which fields it has depends on its kind. */
export interface Case {
  name: string;
  kind: "valid" | "refused" | "import" | "apply" | "miss";
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

/** The cases of a file; none when it is not there. */
export function casesOf(file: "rules" | "patch"): Case[] {
  const path = fileURLToPath(new URL(`../../crates/domain/cases/${file}.json`, import.meta.url));
  if (!existsSync(path)) return [];
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };
  return cases;
}
