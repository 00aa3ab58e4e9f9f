import type { JobError } from "../contracts/bridge.ts";
import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { RunnableNode } from "./describe-node.ts";

const TITLES: Readonly<Record<string, string>> = {
  CompilationError: "Compilation Error",
  UndefinedError: "Compilation Error",
  TemplateSyntaxError: "Compilation Error",
  TemplateAssertionError: "Compilation Error",
  DbtDatabaseError: "Database Error",
  DbtRuntimeError: "Runtime Error",
  DbtValidationError: "Runtime Error",
  ContractError: "Compilation Error",
  KeyboardInterrupt: "Interrupted",
  InternalError: "Internal Error",
};

/** A node's failure in dbt's words, with the macro chain, and as a diagnostic with its place. */
export function nodeError(
  error: JobError,
  node: RunnableNode,
  compiledPath: string | null,
): { message: string; diagnostic: Diagnostic } {
  const title = TITLES[error.pythonType] ?? "Compilation Error";
  const { resource_type, name, original_file_path } = error.part ?? node;
  const what = `${resource_type} ${name} (${original_file_path})`;
  const lines = [error.message.trim(), ...chainText(error)];
  const body = lines
    .join("\n")
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
  const message = `${title} in ${what}\n${body}`;
  const place = placeOf(error, node, compiledPath);
  const code = error.own?.code ?? (error.engine === null ? "DH3001" : "DH3002");
  return { message, diagnostic: diagnostic(code, message, place, hintFor(error)) };
}

function chainText(error: JobError): string[] {
  if (error.frames.length < 2 || error.engine !== null || error.own !== null) return [];
  return [
    "",
    ...error.frames.map(
      (frame, index) =>
        `${index === 0 ? "> in" : "> called by"} ${frame.macro === undefined ? "" : `macro ${frame.macro} `}(${frame.path}:${String(frame.line)}:${String(frame.column)})`,
    ),
  ];
}

function placeOf(
  error: JobError,
  node: RunnableNode,
  compiledPath: string | null,
): { file: string; line: number | null; column: number | null } {
  // The engine counts lines of the statement it got; the model's text starts at its compiled file's first line.
  if (error.engine !== null) {
    const line = compiledLine(error);
    return { file: compiledPath ?? node.original_file_path, line, column: line === null ? null : error.engine.column };
  }
  if (error.own !== null) return { file: node.original_file_path, line: error.own.line, column: null };
  const [inner] = error.frames;
  return {
    file: inner?.path ?? (error.part ?? node).original_file_path,
    line: inner?.line ?? null,
    column: inner?.column ?? null,
  };
}

/**
 * The line in the compiled file of an engine's error, where the statement holds the compiled text as it is. Null: the error
 * is of what a materialization has written around it.
 */
function compiledLine({ engine, compiled }: JobError): number | null {
  if (engine === null || engine.line === null) return null;
  if (compiled === null) return engine.line;
  const start = engine.sql.indexOf(compiled.code.trim());
  if (start < 0) return engine.line;
  const leading = compiled.code.length - compiled.code.trimStart().length;
  const before = engine.sql.slice(0, start).split("\n").length - 1;
  const line = engine.line - before;
  const isInside = line >= 1 && line <= compiled.code.trim().split("\n").length;
  return isInside ? line + (compiled.code.slice(0, leading).split("\n").length - 1) : null;
}

function hintFor(error: JobError): string | null {
  if (error.own !== null) return error.own.hint;
  if (error.engine !== null && error.engine.hint !== null) return error.engine.hint;
  if (error.engine?.code === "Out of Memory Error")
    return "Give DuckDB more memory or a place to spill: `settings: {memory_limit: 8GB, temp_directory: /tmp}` in the profile.";
  if (error.pythonType === "UndefinedError")
    return "Is the macro's package installed (`duckhouse-dbt deps`), and the name spelled as in its file?";
  return null;
}
