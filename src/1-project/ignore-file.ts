import { join } from "node:path";
import ignore from "ignore";
import { readTextIfExists } from "../shared/files.ts";

type Ignored = (path: string) => boolean;

/** What a package's .dbtignore leaves out: lines as in .gitignore, matched with paths below the package's folder. */
export function readIgnoreFile(root: string): Ignored {
  const text = readTextIfExists(join(root, ".dbtignore"));
  return text === null ? () => false : ignoreRules(text);
}

/**
 * As in dbt, the last line that fits a file decides. That is more than git allows: `!` also takes a file back out of a folder that
 * an earlier line left out.
 */
export function ignoreRules(text: string): Ignored {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const takesBack = line.startsWith("!");
    const pattern = takesBack ? line.slice(1) : line;
    const matcher = ignore({ ignorecase: false, allowRelativePaths: true }).add(pattern);
    return [{ takesBack, matcher }];
  });
  return (path) => rules.findLast(({ matcher }) => matcher.ignores(path))?.takesBack === false;
}
