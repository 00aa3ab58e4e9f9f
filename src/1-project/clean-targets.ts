import type { Invocation } from "../contracts/invocation.ts";
import { configContext } from "../context/config-context.ts";
import { loadPackageConfig } from "./project-file.ts";

/** What `clean` may remove, and the folders it must not. Needs no profile. */
export function readCleanTargets(
  root: string,
  invocation: Invocation,
): { targets: readonly string[]; sources: readonly string[] } {
  const config = loadPackageConfig(root, configContext(invocation, {}));
  const { modelPaths, seedPaths, testPaths, analysisPaths, macroPaths, snapshotPaths } = config;
  return {
    targets: config.cleanTargets,
    sources: [...modelPaths, ...seedPaths, ...testPaths, ...analysisPaths, ...macroPaths, ...snapshotPaths],
  };
}
