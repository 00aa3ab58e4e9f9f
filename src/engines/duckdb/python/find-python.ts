import { closeSync, openSync, readSync } from "node:fs";
import { delimiter, join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where to look for the Python that runs a project's models, best first: the one that is named; the active virtual
 * environment's; the one that runs `dbt`, because that one has run these models before; whatever PATH has.
 */
export function pythonCandidates(setting: string | null, env: Env, platform: string = process.platform): string[] {
  const named = setting ?? env["DUCKHOUSE_PYTHON"];
  if (named !== undefined && named !== "") return [named];
  const venv = env["VIRTUAL_ENV"];
  const found = [
    ...(venv === undefined || venv === "" ? [] : [interpreterIn(venv, platform)]),
    ...dbtPython(env, platform),
    "python3",
    "python",
  ];
  return [...new Set(found)];
}

function interpreterIn(venv: string, platform: string): string {
  return platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");
}

/** The interpreter that the first line of the script `dbt` names. */
function dbtPython(env: Env, platform: string): string[] {
  if (platform === "win32") return [];
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const path = /^#!\s*(\/\S*python[\d.]*)\s*$/.exec(firstLine(join(folder, "dbt")))?.[1];
    if (path !== undefined) return [path];
  }
  return [];
}

function firstLine(path: string): string {
  try {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(512);
      return buffer.toString("utf8", 0, readSync(file, buffer)).split("\n", 1)[0] ?? "";
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}
