import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { loadPackageConfig } from "../1-project/project-file.ts";
import { MACRO_INDEX, findSourceFiles } from "../1-project/source-files.ts";
import { indexMacroFile } from "../2-parsing/parse-macros.ts";

/** A step of the build: reads and cuts up the macros of built-in packages, so that no start of the program has to. */
export function indexMacros(packageFolders: readonly string[]): void {
  for (const folder of packageFolders) {
    const config = loadPackageConfig(folder, { lookup: () => undefined }, true);
    const files = findSourceFiles(config).map((file) => {
      if (file.kind !== "macro" && file.kind !== "generic-test")
        throw new Error(`A built-in package holds macros and tests only, but has ${file.path}`);
      return { ...file, path: relative(folder, file.path), text: "", blocks: indexMacroFile(file) };
    });
    writeFileSync(join(folder, MACRO_INDEX), JSON.stringify(files));
  }
}
