import { join } from "node:path";
import { deprecated } from "../contracts/deprecations.ts";
import type { Diagnostic } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { contextWithoutProfile } from "../context/config-context.ts";
import { loadPackageConfig, PROJECT_FILE } from "./project-file.ts";

/** What `clean` may remove, and the folders it must not. Needs no profile. */
export function readCleanTargets(
  root: string,
  invocation: Invocation,
): { targets: readonly string[]; sources: readonly string[]; deprecations: readonly Diagnostic[] } {
  const config = loadPackageConfig(root, contextWithoutProfile(invocation, {}));
  const { modelPaths, seedPaths, testPaths, analysisPaths, macroPaths, snapshotPaths } = config;
  const { cleanTargets, packagesInstallPath } = config;
  const isOlder = cleanTargets.includes("dbt_modules") && !cleanTargets.includes(packagesInstallPath);
  return {
    deprecations: [...config.deprecations, ...(isOlder ? [olderFolder(root, packagesInstallPath)] : [])],
    targets: cleanTargets,
    sources: [...modelPaths, ...seedPaths, ...testPaths, ...analysisPaths, ...macroPaths, ...snapshotPaths],
  };
}

function olderFolder(root: string, path: string): Diagnostic {
  return deprecated(
    "PackageInstallPathDeprecation",
    "`clean-targets` has dbt_modules, where packages were installed in earlier versions",
    { file: join(root, PROJECT_FILE) },
    `Write ${path}, where they are now, or set \`packages-install-path: dbt_modules\`.`,
  );
}
