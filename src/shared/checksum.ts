import type { createHash as CreateHash } from "node:crypto";

// Taken when first needed: node:crypto brings much along, and most render workers never hash anything.
let createHash: typeof CreateHash = (...args) => {
  createHash = process.getBuiltinModule("node:crypto").createHash;
  return createHash(...args);
};

export function md5(text: string | Buffer): string {
  return createHash("md5").update(text).digest("hex");
}

// A byte order mark is white space for JavaScript, and is none for dbt.
const OUTER_SPACE = /^[^\S\uFEFF]+|[^\S\uFEFF]+$/g;

/** What dbt makes of a file's text: equal for texts that differ in white space at their ends only. */
export function textChecksum(text: string): string {
  return sha256(text.replaceAll(OUTER_SPACE, ""));
}

export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
