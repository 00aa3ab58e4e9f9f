import type { Block, Statement } from "./ast.ts";
import { compileBody } from "./compile-statement.ts";
import { DEFAULT_ENVIRONMENT } from "./default-environment.ts";
import type { Environment } from "./environment.ts";
import { JinjaError, TemplateSyntaxError } from "./errors.ts";
import { normalizeSource } from "./lexer.ts";
import { withLimits, type Limits } from "./limits.ts";
import { finishedText } from "./output.ts";
import { nativeValue } from "./native-value.ts";
import { Parser } from "./parser.ts";
import { Frame, TemplateText, rethrow, type Origin, type Render, type RenderContext } from "./runtime.ts";
import { compileEnter, FunctionScope, type Execute, type Scope } from "./scope.ts";
import { Symbols, visitStatements } from "./symbols.ts";
import type { Value } from "./values.ts";
import { findUndeclared, walkStatements } from "./walk.ts";

export type { Origin, RenderContext } from "./runtime.ts";

export interface TemplateOptions extends Origin {
  /** Filters, tests and globals; Jinja2's and dbt's by default. */
  readonly environment?: Environment;
  readonly limits?: Limits;
}

/** A parsed template, compiled at its first render. */
export interface Template {
  render(context: RenderContext): string;
  /** dbt's native rendering: a single expression keeps its type. */
  renderNative(context: RenderContext): Value;
}

/** Turns the offset of a syntax error into a frame. */
export function withSyntaxPlace<T>(text: TemplateText, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateSyntaxError && error.frames.length === 0) error.frames.push(text.place(error.offset));
    else if (error instanceof RangeError)
      throw new JinjaError("RecursionError", "maximum recursion depth exceeded during compilation", { cause: error });
    throw error;
  }
}

interface Program {
  readonly fn: FunctionScope;
  readonly enter: ((frame: Frame) => void) | undefined;
  readonly body: Execute;
  readonly blocks: ReadonlyMap<string, Block>;
}

function collectBlocks(body: readonly Statement[]): Map<string, Block> {
  const blocks = new Map<string, Block>();
  walkStatements(body, {
    statement: (node) => {
      if (node.kind === "block") {
        if (blocks.has(node.name))
          throw new TemplateSyntaxError(`block '${node.name}' defined twice`, node.at, "TemplateAssertionError");
        blocks.set(node.name, node);
      }
      return true;
    },
  });
  return blocks;
}

function compileProgram(body: readonly Statement[], environment: Environment, native: boolean): Program {
  const blocks = collectBlocks(body);
  const fn = new FunctionScope();
  const symbols = new Symbols();
  if (findUndeclared(body, ["self"]).size > 0) symbols.load("self");
  visitStatements(body, symbols);
  fn.own(symbols);
  const unit = { environment, native, blocks, compileBody };
  const scope: Scope = { unit, fn, symbols, soft: false, inLoop: false, toplevel: true, escaping: false };
  const run = compileBody(body, scope);
  return { fn, enter: compileEnter(scope, true), body: run, blocks };
}

class CompiledTemplate implements Template {
  readonly #text: TemplateText;
  readonly #environment: Environment;
  readonly #limits: Limits | undefined;
  readonly #body: readonly Statement[];
  #textProgram: Program | undefined;
  #nativeProgram: Program | undefined;

  constructor(source: string, options: TemplateOptions) {
    this.#text = new TemplateText(normalizeSource(source), options);
    this.#environment = options.environment ?? DEFAULT_ENVIRONMENT;
    this.#limits = options.limits;
    this.#body = withSyntaxPlace(this.#text, () => new Parser(this.#text.text).parse());
  }

  render(context: RenderContext): string {
    const program = (this.#textProgram ??= this.#compile(false));
    return this.#run(program, context, false).out;
  }

  renderNative(context: RenderContext): Value {
    const program = (this.#nativeProgram ??= this.#compile(true));
    return nativeValue(this.#run(program, context, true).chunks);
  }

  #compile(native: boolean): Program {
    return withSyntaxPlace(this.#text, () => compileProgram(this.#body, this.#environment, native));
  }

  #run(program: Program, context: RenderContext, native: boolean): Frame {
    const exported = program.blocks.size > 0 ? new Map<string, Value>() : undefined;
    const render: Render = {
      context,
      environment: this.#environment,
      text: this.#text,
      exported,
      isLenient: context.isLenient === true,
      native,
      autoescape: false,
    };
    const frame = new Frame(render, undefined, program.fn.slotCount);
    return withLimits(this.#limits, () => {
      try {
        program.enter?.(frame);
        program.body(frame);
        if (!native) finishedText(frame);
        return frame;
      } catch (error) {
        rethrow(error, frame);
      }
    });
  }
}

/** Parses a template. Syntax errors are thrown here, unknown filters at the first render. */
export function compileTemplate(source: string, options: TemplateOptions): Template {
  return new CompiledTemplate(source, options);
}
