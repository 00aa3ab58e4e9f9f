import module from "node:module";
import { setFlagsFromString } from "node:v8";

/**
 * Makes Node start and run short commands faster. Only the command does this, never the library: the process is ours.
 *
 * - V8 11 (Node 20) hands functions to its optimizing compiler so early that a third of a command's CPU time goes there,
 *   for code that then runs for a second. A larger budget keeps what long commands gain from it. Later versions have a
 *   compiler in between, and do not know the flag. Measured in bench/README.md.
 * - Node from 22.8 on keeps compiled code between starts.
 */
export function tuneRuntime() {
  if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=500000");
  module.enableCompileCache?.();
}
