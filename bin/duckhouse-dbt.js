#!/usr/bin/env node
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

// The version is asked for often, by editors and scripts: it is answered before anything else is loaded.
const [only, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (only === "--version" || only === "-v")) {
  console.log(JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")).version);
} else {
  const { start, tuneRuntime } = require("./compiled.js");
  tuneRuntime();
  start("cli");
}
