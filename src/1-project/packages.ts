import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { DiagnosticError, diagnostic, fail } from "../contracts/diagnostic.ts";
import type { PackageConfig } from "../contracts/project.ts";
import { yamlRenderer } from "../context/yaml-renderer.ts";
import type { RenderContext } from "../jinja/template.ts";
import { readTextIfExists } from "../shared/files.ts";
import { isRecord } from "../shared/objects.ts";
import { parseYaml } from "../shared/yaml-file.ts";
import { loadPackageConfig, PROJECT_FILE } from "./project-file.ts";

const packageEntry = z.union([
  z.looseObject({ local: z.string() }),
  z.looseObject({ git: z.string() }),
  z.looseObject({ tarball: z.string(), name: z.string() }),
  z.looseObject({ private: z.string() }),
  z.looseObject({ package: z.string() }),
]);

export type PackageEntry = z.infer<typeof packageEntry>;

export interface PackageList {
  readonly file: string | null;
  readonly entries: readonly PackageEntry[];
}

/** The packages that packages.yml or dependencies.yml asks for. */
export function readPackageList(root: string, context: RenderContext): PackageList {
  const found = ["packages.yml", "dependencies.yml"].flatMap((name) => {
    const path = join(root, name);
    const text = readTextIfExists(path);
    if (text === null) return [];
    const yaml = parseYaml(text);
    if (yaml.problems.length > 0) {
      throw new DiagnosticError(
        yaml.problems.map((problem) =>
          diagnostic("DH1002", `YAML: ${problem.message}`, { file: path, line: problem.line, column: problem.column }),
        ),
      );
    }
    // dependencies.yml is not rendered, as in dbt, so that it can be read without secrets.
    const data = name === "packages.yml" ? yamlRenderer(path, yaml.placeOf, context).render(yaml.data) : yaml.data;
    const list = isRecord(data) ? data["packages"] : undefined;
    return Array.isArray(list) ? [{ path, yaml, list: list as unknown[] }] : [];
  });
  if (found.length > 1)
    fail("DH1020", "The 'packages' key cannot be specified in both packages.yml and dependencies.yml", {
      file: found[0]?.path ?? null,
    });
  const [source] = found;
  if (source === undefined) return { file: null, entries: [] };
  const parsed = z.array(packageEntry).safeParse(source.list);
  if (parsed.success) return { file: source.path, entries: parsed.data };
  throw new DiagnosticError(
    parsed.error.issues.map((issue) => {
      const place = source.yaml.placeOf([
        "packages",
        ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key)),
      ]);
      return diagnostic("DH1021", `A package needs one of the keys local, git, tarball, private or package`, {
        file: source.path,
        line: place?.line ?? null,
        column: place?.column ?? null,
      });
    }),
  );
}

/** Every package installed below the root's packages folder. Throws when fewer are installed than asked for. */
export function loadInstalledPackages(root: PackageConfig, context: RenderContext): PackageConfig[] {
  const folder = join(root.root, root.packagesInstallPath);
  const wanted = readPackageList(root.root, context);
  const installed = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .filter((name) => existsSync(join(folder, name, PROJECT_FILE)))
    : [];
  if (installed.length < wanted.entries.length) {
    fail(
      "DH1022",
      `dbt found ${String(wanted.entries.length)} package(s) specified in ${wanted.file === null ? "packages.yml" : wanted.file.slice(root.root.length + 1)}, but only ${String(installed.length)} package(s) installed in ${root.packagesInstallPath}.`,
      { file: wanted.file },
      'Run "duckhouse-dbt deps" to install package dependencies.',
    );
  }
  return installed.map((name) => loadPackageConfig(join(folder, name), context));
}
