import type { Arguments, CompareOperator, Expression, Filter } from "./ast.ts";
import { TemplateSyntaxError } from "./errors.ts";
import type { Token } from "./lexer.ts";
import { describeToken, TokenStream } from "./token-stream.ts";
import type { BinaryOperator, Value } from "./objects.ts";

const NO_ARGUMENTS: Arguments = { args: [], kwargs: [], dynArgs: undefined, dynKwargs: undefined };
const CONSTANTS: ReadonlyMap<Value, Value> = new Map<Value, Value>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);
const TEST_ARGUMENT: ReadonlySet<string> = new Set(["name", "string", "integer", "float", "(", "[", "{"]);
const AFTER_TEST: ReadonlySet<Value> = new Set<Value>(["else", "or", "and"]);

/** Parses expressions, in Jinja2's order of precedence. */
export class ExpressionParser {
  readonly stream: TokenStream;

  constructor(tokens: readonly Token[]) {
    this.stream = new TokenStream(tokens);
  }

  fail(message: string, at = this.stream.current.at, type?: string): never {
    throw new TemplateSyntaxError(message, at, type);
  }

  parseExpression(withCondition = true): Expression {
    return withCondition ? this.#condition() : this.#or();
  }

  /** An expression, or a tuple where commas follow. */
  parseTuple(
    options: { condition?: boolean; end?: string; parentheses?: boolean; item?: () => Expression } = {},
  ): Expression {
    const stream = this.stream;
    const at = stream.current.at;
    const item = options.item ?? ((): Expression => this.parseExpression(options.condition ?? true));
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) stream.expect(",");
      if (this.#atTupleEnd(options.end)) break;
      items.push(item());
      if (stream.current.type !== ",") break;
      isTuple = true;
    }
    const [only] = items;
    if (!isTuple) {
      if (only !== undefined) return only;
      if (options.parentheses !== true) this.fail(`Expected an expression, got '${describeToken(stream.current)}'`);
    }
    return { kind: "tuple", items, at };
  }

  #atTupleEnd(end: string | undefined): boolean {
    const type = this.stream.current.type;
    if (type === "variable_end" || type === "block_end" || type === ")") return true;
    return end !== undefined && this.stream.isName(end);
  }

  #condition(): Expression {
    let expression = this.#or();
    while (this.stream.isName("if")) {
      const at = this.stream.next().at;
      const test = this.#or();
      const otherwise = this.stream.skipName("else") ? this.#condition() : undefined;
      expression = { kind: "condition", test, then: expression, otherwise, at };
    }
    return expression;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.stream.isName("or")) {
      const at = this.stream.next().at;
      left = { kind: "or", left, right: this.#and(), at };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.stream.isName("and")) {
      const at = this.stream.next().at;
      left = { kind: "and", left, right: this.#not(), at };
    }
    return left;
  }

  #not(): Expression {
    if (!this.stream.isName("not")) return this.#compare();
    const at = this.stream.next().at;
    return { kind: "not", node: this.#not(), at };
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: { op: CompareOperator; value: Expression; at: number }[] = [];
    for (;;) {
      const at = this.stream.current.at;
      const op = this.#comparison();
      if (op === undefined) break;
      rest.push({ op, value: this.#sum(), at });
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest, at: rest[0]?.at ?? first.at };
  }

  #comparison(): CompareOperator | undefined {
    const { type } = this.stream.current;
    if (COMPARISONS.has(type)) {
      this.stream.next();
      return type as CompareOperator;
    }
    if (type !== "name") return undefined;
    if (this.stream.skipName("in")) return "in";
    if (!this.stream.isName("not")) return undefined;
    const after = this.stream.look();
    if (after.type !== "name" || after.value !== "in") return undefined;
    this.stream.next();
    this.stream.next();
    return "not in";
  }

  #binary(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    while (operators.includes(this.stream.current.type)) {
      const token = this.stream.next();
      left = { kind: "binary", op: token.type as BinaryOperator, left, right: operand(), at: token.at };
    }
    return left;
  }

  #sum(): Expression {
    return this.#binary(SUM, this.#concatOperand);
  }

  readonly #concatOperand = (): Expression => {
    const first = this.#product();
    if (this.stream.current.type !== "~") return first;
    const at = this.stream.current.at;
    const items = [first];
    while (this.stream.skip("~")) items.push(this.#product());
    return { kind: "concat", items, at };
  };

  #product(): Expression {
    return this.#binary(PRODUCT, this.#powerOperand);
  }

  readonly #powerOperand = (): Expression => this.#binary(POWER, this.#unaryOperand);

  readonly #unaryOperand = (): Expression => this.#unary(true);

  #unary(withFilter: boolean): Expression {
    const { type, at } = this.stream.current;
    let node: Expression;
    if (type === "-" || type === "+") {
      this.stream.next();
      node = { kind: type === "-" ? "negative" : "positive", node: this.#unary(false), at };
    } else node = this.parsePrimary();
    node = this.#postfix(node);
    return withFilter ? this.#filters(node) : node;
  }

  /** A name, a literal or something in brackets; with `namespaces` also ns.attribute as a target. */
  parsePrimary(namespaces = false): Expression {
    const token = this.stream.current;
    switch (token.type) {
      case "name":
        return this.#nameOrConstant(namespaces);
      case "string":
        return this.#string();
      case "integer":
      case "float":
        this.stream.next();
        return { kind: "const", value: token.value, at: token.at };
      case "(": {
        this.stream.next();
        const inner = this.parseTuple({ parentheses: true });
        this.stream.expect(")");
        return inner;
      }
      case "[":
        return this.#list();
      case "{":
        return this.#dict();
      default:
        return this.fail(`unexpected '${describeToken(token)}'`, token.at);
    }
  }

  #nameOrConstant(namespaces: boolean): Expression {
    const token = this.stream.next();
    const constant = CONSTANTS.get(token.value);
    if (constant !== undefined) return { kind: "const", value: constant, at: token.at };
    const name = token.value as string;
    if (namespaces && this.stream.skip(".")) {
      return { kind: "nsref", name, attribute: this.stream.expect("name").value as string, at: token.at };
    }
    return { kind: "name", name, at: token.at };
  }

  #string(): Expression {
    const token = this.stream.next();
    let value = token.value as string;
    while (this.stream.current.type === "string") value += this.stream.next().value as string;
    return { kind: "const", value, at: token.at };
  }

  #list(): Expression {
    const at = this.stream.expect("[").at;
    const items: Expression[] = [];
    while (this.stream.current.type !== "]") {
      if (items.length > 0) this.stream.expect(",");
      if (this.stream.current.type === "]") break;
      items.push(this.parseExpression());
    }
    this.stream.expect("]");
    return { kind: "list", items, at };
  }

  #dict(): Expression {
    const at = this.stream.expect("{").at;
    const items: { key: Expression; value: Expression }[] = [];
    while (this.stream.current.type !== "}") {
      if (items.length > 0) this.stream.expect(",");
      if (this.stream.current.type === "}") break;
      const key = this.parseExpression();
      this.stream.expect(":");
      items.push({ key, value: this.parseExpression() });
    }
    this.stream.expect("}");
    return { kind: "dict", items, at };
  }

  #postfix(start: Expression): Expression {
    let node = start;
    for (;;) {
      const { type } = this.stream.current;
      if (type === "." || type === "[") node = this.#subscript(node);
      else if (type === "(") node = this.#call(node);
      else return node;
    }
  }

  #filters(start: Expression): Expression {
    let node = start;
    for (;;) {
      const { type } = this.stream.current;
      if (type === "|") node = this.parseFilters(node) ?? node;
      else if (type === "name" && this.stream.current.value === "is") node = this.#test(node);
      else if (type === "(") node = this.#call(node);
      else return node;
    }
  }

  #subscript(node: Expression): Expression {
    const token = this.stream.next();
    if (token.type === "[") return this.#brackets(node, token.at);
    const attribute = this.stream.next();
    if (attribute.type === "name") return { kind: "getattr", node, name: attribute.value as string, at: attribute.at };
    if (attribute.type !== "integer") this.fail("expected name or number", attribute.at);
    return { kind: "getitem", node, key: { kind: "const", value: attribute.value, at: attribute.at }, at: token.at };
  }

  #brackets(node: Expression, at: number): Expression {
    const keys: Expression[] = [];
    while (this.stream.current.type !== "]") {
      if (keys.length > 0) this.stream.expect(",");
      keys.push(this.#subscribed());
    }
    this.stream.expect("]");
    const [only] = keys;
    const key: Expression = keys.length === 1 && only !== undefined ? only : { kind: "tuple", items: keys, at };
    return { kind: "getitem", node, key, at };
  }

  #subscribed(): Expression {
    const at = this.stream.current.at;
    let start: Expression | undefined;
    if (!this.stream.skip(":")) {
      start = this.parseExpression();
      if (!this.stream.skip(":")) return start;
    }
    const stop = this.#slicePart();
    const step = this.stream.skip(":") ? this.#slicePart() : undefined;
    return { kind: "slice", start, stop, step, at };
  }

  #slicePart(): Expression | undefined {
    const { type } = this.stream.current;
    return type === ":" || type === "]" || type === "," ? undefined : this.parseExpression();
  }

  #call(node: Expression): Expression {
    const { at } = this.stream.current;
    const call = this.parseArguments();
    // Point at the name that is called, which is where a reader looks.
    const named = node.kind === "name" || node.kind === "getattr" ? node.at : at;
    return { kind: "call", node, call, at: named };
  }

  parseArguments(): Arguments {
    const open = this.stream.expect("(");
    if (this.stream.skip(")")) return NO_ARGUMENTS;
    const args: Expression[] = [];
    const kwargs: { name: string; value: Expression }[] = [];
    let dynArgs: Expression | undefined;
    let dynKwargs: Expression | undefined;
    const ensure = (valid: boolean): void => {
      if (!valid) this.fail("invalid syntax for function call expression", open.at);
    };
    for (let first = true; this.stream.current.type !== ")"; first = false) {
      if (!first) {
        this.stream.expect(",");
        if (this.stream.current.type === ")") break;
      }
      const { type } = this.stream.current;
      if (type === "*") {
        ensure(dynArgs === undefined && dynKwargs === undefined);
        this.stream.next();
        dynArgs = this.parseExpression();
      } else if (type === "**") {
        ensure(dynKwargs === undefined);
        this.stream.next();
        dynKwargs = this.parseExpression();
      } else if (type === "name" && this.stream.look().type === "=") {
        ensure(dynKwargs === undefined);
        const name = this.stream.next().value as string;
        this.stream.next();
        kwargs.push({ name, value: this.parseExpression() });
      } else {
        ensure(dynArgs === undefined && dynKwargs === undefined && kwargs.length === 0);
        args.push(this.parseExpression());
      }
    }
    this.stream.expect(")");
    return { args, kwargs, dynArgs, dynKwargs };
  }

  #dottedName(): Token & { name: string } {
    const token = this.stream.expect("name");
    let name = token.value as string;
    while (this.stream.skip(".")) name += `.${this.stream.expect("name").value as string}`;
    return { ...token, name };
  }

  /** A chain of filters; `inline` starts it without a bar, as a filter block does. */
  parseFilters(start: Expression | undefined, inline = false): Filter | undefined {
    let node: Expression | undefined = start;
    let result: Filter | undefined;
    let first = inline;
    while (first || this.stream.current.type === "|") {
      if (!first) this.stream.next();
      first = false;
      const token = this.#dottedName();
      const call = this.stream.current.type === "(" ? this.parseArguments() : NO_ARGUMENTS;
      node = result = { kind: "filter", node, name: token.name, call, at: token.at };
    }
    return result;
  }

  #test(node: Expression): Expression {
    this.stream.next();
    const negated = this.stream.skipName("not");
    const token = this.#dottedName();
    const test: Expression = { kind: "test", node, name: token.name, call: this.#testArguments(), at: token.at };
    return negated ? { kind: "not", node: test, at: token.at } : test;
  }

  #testArguments(): Arguments {
    const { type, value } = this.stream.current;
    if (type === "(") return this.parseArguments();
    if (!TEST_ARGUMENT.has(type) || (type === "name" && AFTER_TEST.has(value))) return NO_ARGUMENTS;
    if (type === "name" && value === "is") this.fail("You cannot chain multiple tests with is");
    return { ...NO_ARGUMENTS, args: [this.#postfix(this.parsePrimary())] };
  }
}

const SUM = ["+", "-"];
const PRODUCT = ["*", "/", "//", "%"];
const POWER = ["**"];
