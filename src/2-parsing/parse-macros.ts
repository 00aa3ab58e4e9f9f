import { deprecated } from "../contracts/deprecations.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { MacroNode } from "../contracts/manifest.ts";
import type { IndexedBlock, SourceFile } from "../contracts/project.ts";
import { extractBlocks, type Block, type StrayTag } from "../jinja/blocks.ts";
import { staticCalls } from "../jinja/static-calls.ts";
import { JinjaError } from "../jinja/values.ts";
import { jinjaDiagnostic } from "./parse-state.ts";

/** A block as it was found now, or when the program was built. */
type MacroBlock = Omit<IndexedBlock, "calls"> & Partial<Pick<IndexedBlock, "calls">>;

const BLOCK_KINDS = ["macro", "test", "data_test", "materialization"];

export interface ParsedMacros {
  readonly macros: Record<string, MacroNode>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Every macro, generic test and materialization of the given files. */
export function parseMacros(files: readonly SourceFile[], createdAt: number): ParsedMacros {
  const macros: Record<string, MacroNode> = {};
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    if (file.kind !== "macro" && file.kind !== "generic-test") continue;
    try {
      // In files of generic tests dbt does not look for tags outside of blocks.
      const onStray = file.kind === "macro" ? strayTag(file, diagnostics) : undefined;
      for (const block of file.blocks ?? macroBlocks(file, onStray)) {
        const macro = macroNode(block, file, createdAt);
        const other = macros[macro.unique_id];
        if (other !== undefined) diagnostics.push(duplicateMacro(macro, other));
        else macros[macro.unique_id] = macro;
      }
    } catch (error) {
      if (!(error instanceof JinjaError)) throw error;
      diagnostics.push(jinjaDiagnostic(error, "macro file", file.originalPath));
    }
  }
  return { macros, diagnostics };
}

/** Takes note of tags outside of blocks, which do nothing. */
export function strayTag({ originalPath }: SourceFile, diagnostics: Diagnostic[]): (tag: StrayTag) => void {
  return ({ word, line, column }) => {
    const message = `the tag '${word}' stands outside of every block, where it does nothing`;
    const hint = "Remove it, or put it into the macro that needs it.";
    diagnostics.push(
      deprecated("UnexpectedJinjaBlockDeprecation", message, { file: originalPath, line, column }, hint),
    );
  };
}

/** The blocks of a file, each with its text as dbt keeps it. */
function macroBlocks(file: SourceFile, onStray?: (tag: StrayTag) => void): MacroBlock[] {
  // dbt reads files without the white space at their ends.
  const text = file.text.trimEnd();
  let before = text.length - text.trimStart().length;
  return extractBlocks(file.text, file.originalPath, BLOCK_KINDS, onStray).map((block) => {
    const { kind, name, header, line, column } = block;
    const source = sourceWithSpace(block, text, before);
    before = block.start + source.trimStart().length;
    return { kind, name, header, source, line, column };
  });
}

/** What parsing a macro file and the manifest's macro dependencies would find out, ahead of time. */
export function indexMacroFile(file: SourceFile): IndexedBlock[] {
  return macroBlocks(file).map((block) => ({
    ...block,
    calls: staticCalls(block.source, file.originalPath).map(({ name, dispatch }) =>
      dispatch === undefined ? { name } : { name, dispatch },
    ),
  }));
}

/**
 * The block's text as dbt keeps it: with the white space that a `-` in its first or last tag eats. The texts have to be
 * equal, or every such macro would be a changed one when the state to compare with was written by dbt.
 */
export function sourceWithSpace(block: Block, text: string, after: number): string {
  const leading = block.source.startsWith("{%-") ? (/\s*$/.exec(text.slice(after, block.start))?.[0] ?? "") : "";
  const trailing = block.source.endsWith("-%}") ? (/^\s*/.exec(text.slice(block.end))?.[0] ?? "") : "";
  return leading + block.source + trailing;
}

function duplicateMacro(macro: MacroNode, other: MacroNode): Diagnostic {
  return diagnostic(
    "DH1202",
    `dbt found two macros named "${macro.name}" in the project "${macro.package_name}".`,
    { file: macro.original_file_path, line: macro._line, column: macro._column },
    `The other one is at ${other.original_file_path}:${other._line}; rename or remove one of them.`,
  );
}

function macroNode(block: MacroBlock, file: SourceFile, createdAt: number): MacroNode {
  const name = macroName(block);
  return {
    name,
    resource_type: "macro",
    package_name: file.packageName,
    path: file.originalPath,
    original_file_path: file.originalPath,
    unique_id: `macro.${file.packageName}.${name}`,
    macro_sql: block.source,
    depends_on: { macros: [] },
    description: "",
    meta: {},
    docs: { show: true, node_color: null },
    config: { meta: {}, docs: { show: true, node_color: null } },
    patch_path: null,
    arguments: [],
    created_at: createdAt,
    supported_languages: supportedLanguages(block),
    _line: block.line,
    _column: block.column,
    ...(block.calls === undefined ? {} : { _calls: block.calls }),
  };
}

/** dbt's names: `test_unique`, `materialization_table_default`. */
function macroName(block: MacroBlock): string {
  if (block.kind === "macro") return block.name;
  if (block.kind !== "materialization") return `test_${block.name}`;
  const adapter = /adapter\s*=\s*['"]([^'"]+)['"]/.exec(block.header)?.[1] ?? "default";
  return `materialization_${block.name}_${adapter}`;
}

function supportedLanguages(block: MacroBlock): string[] | null {
  if (block.kind !== "materialization") return null;
  const list = /supported_languages\s*=\s*\[([^\]]*)\]/.exec(block.header)?.[1];
  return list === undefined ? ["sql"] : [...list.matchAll(/['"]([^'"]+)['"]/g)].map((match) => match[1] ?? "");
}
