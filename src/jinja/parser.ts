import type { Call, Expression, Filter, Macro, Parameter, Statement } from "./ast.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { Lexer } from "./lexer.ts";
import { describeToken } from "./token-stream.ts";
import { parseMacroTag, parseSignature } from "./signature-parser.ts";

const TARGET_NAMES: Readonly<Record<string, string>> = {
  binary: "add",
  call: "call",
  getattr: "getattr",
  getitem: "getitem",
  dict: "dict",
  list: "list",
  filter: "filter",
  test: "test",
};

/** Parses statements and text around the expressions. */
export class Parser {
  readonly #text: string;
  readonly #expressions: ExpressionParser;
  readonly #tags: string[] = [];
  readonly #endings: (readonly string[])[] = [];

  /** `text` must be normalised (see lexer). */
  constructor(text: string) {
    this.#text = text;
    this.#expressions = new ExpressionParser(new Lexer(text).run());
  }

  parse(): Statement[] {
    return this.#statements();
  }

  get #stream(): ExpressionParser["stream"] {
    return this.#expressions.stream;
  }

  #fail(message: string, at = this.#stream.current.at, type?: string): never {
    throw new TemplateSyntaxError(message, at, type);
  }

  #statements(endings?: readonly string[]): Statement[] {
    const body: Statement[] = [];
    let output: Expression[] = [];
    const flush = (): void => {
      const [first] = output;
      if (first !== undefined) body.push({ kind: "output", items: output, at: first.at });
      output = [];
    };
    if (endings !== undefined) this.#endings.push(endings);
    const stream = this.#stream;
    while (stream.current.type !== "eof") {
      if (stream.current.type === "data") {
        const token = stream.next();
        output.push({ kind: "data", text: token.value as string, at: token.at });
      } else if (stream.skip("variable_begin")) {
        output.push(this.#expressions.parseTuple());
        stream.expect("variable_end");
      } else {
        flush();
        stream.expect("block_begin");
        if (endings?.some((name) => stream.isName(name)) === true) {
          this.#endings.pop();
          return body;
        }
        body.push(this.#statement());
        stream.expect("block_end");
      }
    }
    flush();
    if (endings !== undefined) this.#failAtEnd(null);
    return body;
  }

  /** The body of a tag up to one of the ending tags; the ending's name is left as current token. */
  #body(...endings: string[]): Statement[] {
    this.#stream.skip(":");
    this.#stream.expect("block_end");
    return this.#statements(endings);
  }

  #wholeBody(ending: string): Statement[] {
    const body = this.#body(ending);
    this.#stream.next();
    return body;
  }

  #failAtEnd(tag: string | null): never {
    const looking = this.#endings
      .at(-1)
      ?.map((name) => `'${name}'`)
      .join(" or ");
    const message = [tag === null ? "Unexpected end of template." : `Encountered unknown tag '${tag}'.`];
    if (looking !== undefined) {
      const misplaced = tag !== null && this.#endings.some((names) => names.includes(tag));
      message.push(
        misplaced
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      );
    }
    const innermost = this.#tags.at(-1);
    if (innermost !== undefined) message.push(`The innermost block that needs to be closed is '${innermost}'.`);
    this.#fail(message.join(" "));
  }

  #statement(): Statement {
    const token = this.#stream.current;
    if (token.type !== "name") this.#fail("tag name expected");
    const tag = token.value as string;
    const parse = STATEMENTS.get(tag) ?? this.#failAtEnd(tag);
    this.#tags.push(tag);
    this.#stream.next();
    const statement = parse(this, token.at);
    this.#tags.pop();
    return statement;
  }

  parseSet(at: number): Statement {
    const target = this.#target({ namespaces: true });
    if (this.#stream.skip("=")) return { kind: "set", target, value: this.#expressions.parseTuple(), at };
    const filter = this.#expressions.parseFilters(undefined);
    return { kind: "setblock", target, filter, body: this.#wholeBody("endset"), at };
  }

  parseFor(at: number): Statement {
    const target = this.#target({ end: "in" });
    this.#stream.expectName("in");
    const iterable = this.#expressions.parseTuple({ condition: false, end: "recursive" });
    const test = this.#stream.skipName("if") ? this.#expressions.parseExpression() : undefined;
    const recursive = this.#stream.skipName("recursive");
    const body = this.#body("endfor", "else");
    const hasElse = this.#stream.next().value === "else";
    const otherwise = hasElse ? this.#wholeBody("endfor") : [];
    return { kind: "for", target, iterable, test, recursive, body, otherwise, at };
  }

  parseIf(at: number): Statement {
    const branches: { test: Expression; body: Statement[] }[] = [];
    let otherwise: Statement[] = [];
    for (;;) {
      const test = this.#expressions.parseTuple({ condition: false });
      branches.push({ test, body: this.#body("elif", "else", "endif") });
      const ending = this.#stream.next().value;
      if (ending === "else") otherwise = this.#wholeBody("endif");
      if (ending !== "elif") return { kind: "if", branches, otherwise, at };
    }
  }

  parseWith(at: number): Statement {
    const targets: Expression[] = [];
    const values: Expression[] = [];
    while (this.#stream.current.type !== "block_end") {
      if (targets.length > 0) this.#stream.expect(",");
      targets.push(this.#target({}));
      this.#stream.expect("=");
      values.push(this.#expressions.parseExpression());
    }
    return { kind: "with", targets, values, body: this.#wholeBody("endwith"), at };
  }

  parseAutoescape(at: number): Statement {
    return {
      kind: "autoescape",
      value: this.#expressions.parseExpression(),
      body: this.#wholeBody("endautoescape"),
      at,
    };
  }

  parseBlock(at: number): Statement {
    const name = this.#stream.expect("name").value as string;
    const scoped = this.#stream.skipName("scoped");
    const required = this.#stream.skipName("required");
    if (this.#stream.current.type === "-") {
      this.#fail(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.",
      );
    }
    const body = this.#wholeBody("endblock");
    if (required && !body.every(isBlank)) this.#fail("Required blocks can only contain comments or whitespace");
    this.#stream.skipName(name);
    return { kind: "block", name, scoped, required, body, at };
  }

  parseExtends(at: number): Statement {
    return { kind: "loading", template: this.#expressions.parseExpression(), ignoreMissing: false, targets: [], at };
  }

  parseInclude(at: number): Statement {
    const template = this.#expressions.parseExpression();
    const ignoreMissing = this.#stream.isName("ignore") && this.#stream.look().value === "missing";
    if (ignoreMissing) {
      this.#stream.next();
      this.#stream.next();
    }
    this.#importContext();
    return { kind: "loading", template, ignoreMissing, targets: [], at };
  }

  #importContext(): boolean {
    const stream = this.#stream;
    if (!(stream.isName("with") || stream.isName("without")) || stream.look().value !== "context") return false;
    stream.next();
    stream.next();
    return true;
  }

  parseImport(at: number): Statement {
    const template = this.#expressions.parseExpression();
    this.#stream.expectName("as");
    const target = this.#targetName();
    this.#importContext();
    return { kind: "loading", template, ignoreMissing: false, targets: [target], at };
  }

  parseFrom(at: number): Statement {
    const template = this.#expressions.parseExpression();
    const stream = this.#stream;
    stream.expectName("import");
    const targets: string[] = [];
    for (;;) {
      if (targets.length > 0) stream.expect(",");
      if (stream.current.type === "name" && this.#importContext()) break;
      const nameAt = stream.current.at;
      const name = this.#targetName();
      if (name.startsWith("_"))
        this.#fail("names starting with an underline can not be imported", nameAt, "TemplateAssertionError");
      targets.push(stream.skipName("as") ? this.#targetName() : name);
      if (this.#importContext() || stream.current.type !== ",") break;
    }
    return { kind: "loading", template, ignoreMissing: false, targets, at };
  }

  parsePrint(at: number): Statement {
    const items: Expression[] = [];
    while (this.#stream.current.type !== "block_end") {
      if (items.length > 0) this.#stream.expect(",");
      items.push(this.#expressions.parseExpression());
    }
    return { kind: "output", items, at };
  }

  parseDo(at: number): Statement {
    return { kind: "do", value: this.#expressions.parseTuple(), at };
  }

  parseCallBlock(at: number): Statement {
    const params: Parameter[] = this.#stream.current.type === "(" ? parseSignature(this.#expressions, this.#text) : [];
    const call = this.#expressions.parseExpression();
    if (call.kind !== "call") this.#fail("expected call", at);
    return { kind: "callblock", call: call satisfies Call, params, body: this.#wholeBody("endcall"), at };
  }

  parseFilterBlock(at: number): Statement {
    const filter = this.#expressions.parseFilters(undefined, true) as Filter;
    return { kind: "filterblock", filter, body: this.#wholeBody("endfilter"), at };
  }

  parseMacro(tag: Macro["tag"], at: number): Statement {
    const { name, params } = parseMacroTag(tag, this.#expressions, this.#text);
    return { kind: "macro", tag, name, params, body: this.#wholeBody(`end${tag}`), at };
  }

  #targetName(): string {
    const token = this.#stream.expect("name");
    const name = token.value as string;
    if (RESERVED.has(name)) this.#fail("can't assign to 'name'", token.at);
    return name;
  }

  #target(options: { end?: string; namespaces?: boolean }): Expression {
    const item = (): Expression => this.#expressions.parsePrimary(options.namespaces ?? false);
    const target = this.#expressions.parseTuple({ item, ...(options.end === undefined ? {} : { end: options.end }) });
    this.#checkTarget(target, target);
    return target;
  }

  #checkTarget(target: Expression, whole: Expression): void {
    if (target.kind === "name" || target.kind === "nsref") return;
    if (target.kind === "tuple") for (const item of target.items) this.#checkTarget(item, whole);
    else
      this.#fail(
        `can't assign to '${whole.kind === "tuple" ? "tuple" : (TARGET_NAMES[whole.kind] ?? whole.kind)}'`,
        whole.at,
      );
  }

  unexpectedToken(): never {
    this.#fail(`unexpected '${describeToken(this.#stream.current)}'`);
  }
}

const RESERVED: ReadonlySet<string> = new Set(["true", "false", "none", "True", "False", "None"]);

function isBlank(statement: Statement): boolean {
  return (
    statement.kind === "output" && statement.items.every((item) => item.kind === "data" && item.text.trim() === "")
  );
}

type StatementParser = (parser: Parser, at: number) => Statement;

/** The tags: Jinja2's, those of its do and loopcontrols extensions, and dbt's. */
const STATEMENTS: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ["for", (parser, at) => parser.parseFor(at)],
  ["if", (parser, at) => parser.parseIf(at)],
  ["set", (parser, at) => parser.parseSet(at)],
  ["do", (parser, at) => parser.parseDo(at)],
  ["macro", (parser, at) => parser.parseMacro("macro", at)],
  ["call", (parser, at) => parser.parseCallBlock(at)],
  ["filter", (parser, at) => parser.parseFilterBlock(at)],
  ["break", (_parser, at) => ({ kind: "break", at })],
  ["continue", (_parser, at) => ({ kind: "continue", at })],
  ["with", (parser, at) => parser.parseWith(at)],
  ["autoescape", (parser, at) => parser.parseAutoescape(at)],
  ["block", (parser, at) => parser.parseBlock(at)],
  ["print", (parser, at) => parser.parsePrint(at)],
  ["extends", (parser, at) => parser.parseExtends(at)],
  ["include", (parser, at) => parser.parseInclude(at)],
  ["import", (parser, at) => parser.parseImport(at)],
  ["from", (parser, at) => parser.parseFrom(at)],
  ["test", (parser, at) => parser.parseMacro("test", at)],
  ["data_test", (parser, at) => parser.parseMacro("data_test", at)],
  ["materialization", (parser, at) => parser.parseMacro("materialization", at)],
  ["docs", (parser, at) => parser.parseMacro("docs", at)],
]);
