import { resolve } from "node:path";
import { readPriorState } from "../7-artifacts/read-artifacts.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { PriorState } from "../contracts/prior-state.ts";
import { warn } from "./warn.ts";

/** Reads the artifacts in a folder that a flag names, before this command writes its own. */
export function openPriorState(
  invocation: Invocation,
  state: string | null,
  root: string,
  targetFolder: string,
): PriorState | null {
  if (state === null) return null;
  const folder = resolve(root, state);
  if (folder === targetFolder)
    warn(
      invocation,
      "WarnStateTargetEqual",
      "DH1625",
      `The state and target directories are the same: '${state}'. This could lead to missing changes due to overwritten state including non-idempotent retries.`,
    );
  return readPriorState(folder, state, targetFolder);
}
