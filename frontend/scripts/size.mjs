// What the page weighs, compressed as a server would send it, and whether that is too much.

import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const ASSETS = new URL("../../src/holdfast/demo/static/assets/", import.meta.url);
const LIMITS = { js: 60, css: 8 }; // KB

for (const [kind, limit] of Object.entries(LIMITS)) {
  const names = readdirSync(ASSETS).filter((name) => name.endsWith(`.${kind}`));
  const bytes = names.map((name) => gzipSync(readFileSync(new URL(name, ASSETS))).length);
  const size = bytes.reduce((sum, one) => sum + one, 0) / 1024;
  process.stdout.write(`${kind}: ${size.toFixed(1)} of ${limit} KB, compressed\n`);
  if (size > limit) process.exitCode = 1;
}
