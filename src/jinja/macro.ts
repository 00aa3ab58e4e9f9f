import type { Macro, Statement } from "./ast.ts";
import { compileMacro as compileMacroBody, type MakeMacro } from "./compile-macro.ts";
import { compileBody } from "./compile-statement.ts";
import { DEFAULT_ENVIRONMENT } from "./default-environment.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { Lexer, normalizeSource } from "./lexer.ts";
import { withLimits } from "./limits.ts";
import { isMacroReturn } from "./macro-return.ts";
import { Parser } from "./parser.ts";
import { Frame, TemplateText, type Origin, type Render, type RenderContext } from "./runtime.ts";
import { FunctionScope, type Scope } from "./scope.ts";
import { parseMacroTag } from "./signature-parser.ts";
import { Symbols } from "./symbols.ts";
import { withSyntaxPlace } from "./template.ts";
import type { HostFunction, Kwargs, Value } from "./values.ts";

export { returnFunction } from "./macro-return.ts";

export type MacroKind = "macro" | "test" | "data_test" | "materialization" | "docs";

export interface MacroArgument {
  readonly name: string;
  /** As written: `Optional[str]`. */
  readonly type: string | null;
  /** The default as written. */
  readonly default: string | null;
}

/** A macro of a macro file. */
export interface MacroTemplate {
  /** As dbt names it, without its internal prefix: X, test_X, materialization_X_adapter. */
  readonly name: string;
  readonly kind: MacroKind;
  readonly args: readonly MacroArgument[];
  readonly supportedLanguages?: readonly string[];
  /** A function that runs the macro; names it does not define are looked up in `context` when they are used. */
  bind(context: RenderContext): HostFunction;
}

const KINDS: ReadonlySet<string> = new Set(["macro", "test", "data_test", "materialization", "docs"]);

interface Header {
  readonly kind: MacroKind;
  readonly name: string;
  readonly args: readonly MacroArgument[];
  readonly languages: readonly string[] | undefined;
}

function readHeader(text: string): Header {
  const parser = new ExpressionParser(new Lexer(text).firstTag());
  const { stream } = parser;
  while (stream.current.type === "data") stream.next();
  stream.expect("block_begin");
  const tag = stream.expect("name");
  const kind = tag.value as MacroKind;
  if (!KINDS.has(kind)) throw new TemplateSyntaxError(`expected a macro, got '${kind}'`, tag.at);
  const { name, params } = parseMacroTag(kind, parser, text);
  if (kind !== "materialization") {
    const args = params.map((param) => ({ name: param.name, type: param.type, default: param.defaultText }));
    return { kind, name, args, languages: undefined };
  }
  const list = params[0]?.defaultValue;
  const items = list?.kind === "list" || list?.kind === "tuple" ? list.items : [];
  const languages = items.flatMap((item) =>
    item.kind === "const" && typeof item.value === "string" ? [item.value] : [],
  );
  return { kind, name, args: [], languages };
}

/** A macro's own text is read up to its signature; the body waits for the first call, which most macros never see. */
class LazyMacro implements MacroTemplate {
  readonly #text: TemplateText;
  readonly #header: Header;
  readonly args: readonly MacroArgument[];
  #compiled: MakeMacro | undefined;

  constructor(source: string, origin: Origin) {
    this.#text = new TemplateText(normalizeSource(source), origin);
    this.#header = withSyntaxPlace(this.#text, () => readHeader(this.#text.text));
    this.args = this.#header.args;
  }

  get name(): string {
    return this.#header.name;
  }

  get kind(): MacroKind {
    return this.#header.kind;
  }

  get supportedLanguages(): readonly string[] {
    return this.#header.languages ?? [];
  }

  bind(context: RenderContext): HostFunction {
    const render: Render = {
      context,
      environment: DEFAULT_ENVIRONMENT,
      text: this.#text,
      exported: undefined,
      isLenient: false,
      native: false,
      autoescape: false,
    };
    const root = new Frame(render, undefined, 0);
    const call = (args: Value[], kwargs: Kwargs): Value => {
      this.#compiled ??= withSyntaxPlace(this.#text, () => compileWhole(this.#text.text));
      const macro = this.#compiled(root);
      try {
        return withLimits(undefined, () => macro.call(args, kwargs));
      } catch (error) {
        if (isMacroReturn(error)) return error.value;
        throw error;
      }
    };
    Object.defineProperty(call, "name", { value: this.name });
    return call;
  }
}

function compileWhole(text: string): MakeMacro {
  const macro = new Parser(text).parse().find((node: Statement): node is Macro => node.kind === "macro");
  if (macro === undefined) throw new TemplateSyntaxError("expected a macro", 0);
  const unit = { environment: DEFAULT_ENVIRONMENT, native: false, blocks: new Map(), compileBody };
  const scope: Scope = {
    unit,
    fn: new FunctionScope(),
    symbols: new Symbols(),
    soft: false,
    inLoop: false,
    toplevel: false,
    escaping: false,
  };
  return compileMacroBody(macro, scope);
}

/** Reads one macro, test, data_test or materialization block. */
export function compileMacro(source: string, origin: Origin): MacroTemplate {
  return new LazyMacro(source, origin);
}
