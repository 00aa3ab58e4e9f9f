#!/usr/bin/env node
import { readFileSync } from "node:fs";

// The version is asked for often, by editors and scripts: it is answered before anything else is loaded.
const [only, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (only === "--version" || only === "-v")) {
  console.log(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version);
} else {
  const { tuneRuntime } = await import("./tune-runtime.js");
  tuneRuntime();
  await import("../dist/cli.js");
}
