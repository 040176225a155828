// Writes or removes `.br` and `.gz` beside each text-like file of a folder.
//   compress.mjs write|remove FOLDER

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const [mode, folder] = process.argv.slice(-2);
const worthIt = /\.(css|html|js|json|svg|txt|wasm|xml)$/;

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile()) continue;
  if (/\.(br|gz)$/.test(path)) {
    rmSync(path);
  } else if (mode === "write" && worthIt.test(path)) {
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
