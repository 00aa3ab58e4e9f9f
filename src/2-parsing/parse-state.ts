import type { Diagnostic } from "../contracts/diagnostic.ts";
import { diagnostic, DiagnosticError } from "../contracts/diagnostic.ts";
import type { Manifest } from "../contracts/manifest.ts";
import type { Project } from "../contracts/project.ts";
import type { RenderContext } from "../jinja/template.ts";
import { JinjaError } from "../jinja/values.ts";
import type { OtherReading } from "./borrow-reading.ts";
import type { ConfigBuilder } from "./node-config.ts";
import type { ParseEnvironment } from "./parse-context.ts";
import type { PropertyIndex } from "./property-index.ts";
import type { RelationNames } from "./relation-names.ts";

/** What the parsers of one project share. */
export interface ParseState {
  readonly project: Project;
  readonly env: ParseEnvironment;
  readonly configs: ConfigBuilder;
  readonly names: RelationNames;
  readonly properties: PropertyIndex;
  readonly manifest: Manifest;
  readonly diagnostics: Diagnostic[];
  /** Names of resources that could not be read. Their absence is no news: what refers to them is not reported too. */
  readonly broken: Set<string>;
  /** Null: nobody else reads the project. */
  readonly elsewhere: OtherReading | null;
  /** The names that property files may use: env vars, vars, target. */
  readonly propertyContext: (packageName: string) => RenderContext;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

/** Runs one node's parsing; a failure becomes a diagnostic, so that the others are looked at too. */
export function collecting(state: ParseState, what: string, file: string, run: () => void, name?: string): void {
  try {
    run();
  } catch (error) {
    if (name !== undefined) state.broken.add(name);
    if (error instanceof DiagnosticError) state.diagnostics.push(...error.diagnostics);
    else if (error instanceof JinjaError) state.diagnostics.push(jinjaDiagnostic(error, what, file));
    else throw error;
  }
}

/** A template's failure with the macro chain, outermost last, as dbt prints it. */
export function jinjaDiagnostic(error: JinjaError, what: string, file: string): Diagnostic {
  const [inner, ...outer] = error.frames;
  const chain = [inner, ...outer]
    .filter((frame) => frame !== undefined)
    .map((frame) =>
      frame.macro === undefined
        ? `> ${frame.path}:${frame.line}:${frame.column}`
        : `> in macro ${frame.macro} (${frame.path}:${frame.line}:${frame.column})`,
    );
  const message = `Compilation Error in ${what} (${file})\n  ${error.message.replaceAll("\n", "\n  ")}${chain.length > 1 ? `\n  \n  ${chain.join("\n  ")}` : ""}`;
  return diagnostic("DH1201", message, {
    file: inner?.path ?? file,
    line: inner?.line ?? null,
    column: inner?.column ?? null,
  });
}
