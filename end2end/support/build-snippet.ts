// The snippet's own tests serve it from their stub, so it is built first.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function buildSnippet(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL("../../snippet/build.mjs", import.meta.url))]);
}
