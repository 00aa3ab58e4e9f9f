import { DBT_VERSION } from "../contracts/invocation.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { PackageConfig } from "../contracts/project.ts";

type Version = readonly [number, number, number];

function parseVersion(text: string): Version | null {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null;
}

function compare(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) if (a[index] !== b[index]) return a[index] - b[index];
  return 0;
}

/** Projects of the version before run here as well: one that shuts out the newest is not turned away for it. */
const SPOKEN = [DBT_VERSION, "1.11.16"];

/** Whether a dbt version fits one clause such as `>=1.6.0`; null when it cannot be read. */
function fits(version: string, clause: string): boolean | null {
  const match = /^\s*(>=|<=|>|<|=|==)?\s*(.+?)\s*$/.exec(clause);
  const wanted = parseVersion(match?.[2] ?? "");
  const own = parseVersion(version);
  if (wanted === null || own === null) return null;
  const order = compare(own, wanted);
  switch (match?.[1] ?? "=") {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    default:
      return order === 0;
  }
}

/** `require-dbt-version` of every package against the dbt versions whose language we speak. */
export function checkVersions(packages: readonly PackageConfig[]): Diagnostic[] {
  return packages.flatMap((config) => {
    const clauses = config.requireDbtVersion.flatMap((entry) => entry.split(","));
    if (SPOKEN.some((version) => clauses.every((clause) => fits(version, clause) !== false))) return [];
    return [
      diagnostic(
        "DH1023",
        `This version of dbt is not supported with the '${config.name}' package. Installed version of dbt: =${DBT_VERSION}. Required version of dbt for '${config.name}': ${JSON.stringify(clauses)}`,
        { file: `${config.root}/dbt_project.yml` },
        "Check for a different version of the package, or run with --no-version-check.",
      ),
    ];
  });
}
