import type { CallBlock, Expression, For, Macro, Statement } from "./ast.ts";

/** How a variable gets its value where its scope begins. */
export type Load =
  { kind: "parameter" } | { kind: "resolve"; name: string } | { kind: "alias"; ident: string } | { kind: "undefined" };

const PARAMETER: Load = { kind: "parameter" };
const UNDEFINED: Load = { kind: "undefined" };

/**
 * The names of one scope, decided before anything runs: Jinja2 scopes are static.
 * An ident is one variable; a name that is set in an inner scope gets a new ident there.
 */
export class Symbols {
  readonly parent: Symbols | undefined;
  readonly #level: string;
  #refs = new Map<string, string>();
  loads = new Map<string, Load>();
  stores = new Set<string>();

  /** `mark` keeps the variables of a loop's filter apart from those of its body. */
  constructor(parent?: Symbols, mark = "") {
    this.parent = parent;
    this.#level = parent === undefined ? "0" : `${parent.depth + 1}${mark}`;
  }

  get depth(): number {
    return parseInt(this.#level, 10);
  }

  #define(name: string, load: Load): string {
    const ident = `${this.#level}:${name}`;
    this.#refs.set(name, ident);
    this.loads.set(ident, load);
    return ident;
  }

  findRef(name: string): string | undefined {
    return this.#refs.get(name) ?? this.parent?.findRef(name);
  }

  findLoad(ident: string): Load | undefined {
    return this.loads.get(ident) ?? this.parent?.findLoad(ident);
  }

  #clone(): Symbols {
    const clone = new Symbols(this.parent, this.#level.replace(/^\d+/, ""));
    clone.#refs = new Map(this.#refs);
    clone.loads = new Map(this.loads);
    clone.stores = new Set(this.stores);
    return clone;
  }

  store(name: string): void {
    this.stores.add(name);
    if (this.#refs.has(name)) return;
    const outer = this.parent?.findRef(name);
    this.#define(name, outer === undefined ? UNDEFINED : { kind: "alias", ident: outer });
  }

  declare(name: string): string {
    this.stores.add(name);
    return this.#define(name, PARAMETER);
  }

  load(name: string): void {
    if (this.findRef(name) === undefined) this.#define(name, { kind: "resolve", name });
  }

  /** After an if: a name set in only some branches keeps its outer value in the others. */
  branch(bodies: readonly (readonly Statement[])[]): void {
    const copies = bodies.map((body) => {
      const copy = this.#clone();
      visitStatements(body, copy);
      return copy;
    });
    const fresh = new Set<string>();
    for (const copy of copies) for (const name of copy.stores) if (!this.stores.has(name)) fresh.add(name);
    for (const copy of copies) {
      for (const [name, ident] of copy.#refs) this.#refs.set(name, ident);
      for (const [ident, load] of copy.loads) this.loads.set(ident, load);
      for (const name of copy.stores) this.stores.add(name);
    }
    for (const name of fresh) {
      const ident = this.findRef(name) ?? "";
      const outer = this.parent?.findRef(name);
      this.loads.set(ident, outer === undefined ? { kind: "resolve", name } : { kind: "alias", ident: outer });
    }
  }

  /** Every name set in this scope or around it, innermost first. */
  visibleStores(): Map<string, string> {
    const result = new Map<string, string>(this.parent?.visibleStores());
    for (const name of this.stores) result.set(name, this.findRef(name) ?? "");
    return result;
  }
}

export function visitStatements(statements: readonly Statement[], symbols: Symbols): void {
  for (const statement of statements) visitStatement(statement, symbols);
}

function visitStatement(node: Statement, symbols: Symbols): void {
  switch (node.kind) {
    case "output":
      for (const item of node.items) visitExpression(item, symbols);
      return;
    case "set":
      visitExpression(node.value, symbols);
      visitTarget(node.target, symbols, false);
      return;
    case "setblock":
      visitTarget(node.target, symbols, false);
      return;
    case "if":
      visitIf(node.branches, node.otherwise, symbols);
      return;
    case "for":
      visitExpression(node.iterable, symbols);
      return;
    case "with":
      for (const value of node.values) visitExpression(value, symbols);
      return;
    case "macro":
      symbols.store(node.name);
      return;
    case "callblock":
      visitExpression(node.call, symbols);
      return;
    case "filterblock":
      visitExpression(node.filter, symbols);
      return;
    case "do":
      visitExpression(node.value, symbols);
      return;
    case "loading":
      visitExpression(node.template, symbols);
      for (const target of node.targets) symbols.store(target);
      return;
    case "autoescape":
    case "block":
    case "break":
    case "continue":
      return;
  }
}

/** The first test is seen outside, further tests and all bodies inside their branches. */
function visitIf(
  branches: readonly { test: Expression; body: readonly Statement[] }[],
  otherwise: readonly Statement[],
  symbols: Symbols,
): void {
  const [first, ...rest] = branches;
  if (first === undefined) return;
  visitExpression(first.test, symbols);
  const elifs = rest.map((branch): Statement => ({ kind: "if", branches: [branch], otherwise: [], at: 0 }));
  symbols.branch([first.body, elifs, otherwise]);
}

export function visitTarget(target: Expression, symbols: Symbols, parameter: boolean): void {
  if (target.kind === "name") {
    if (parameter) symbols.declare(target.name);
    else symbols.store(target.name);
  } else if (target.kind === "nsref") symbols.load(target.name);
  else if (target.kind === "tuple") for (const item of target.items) visitTarget(item, symbols, parameter);
}

export function visitExpression(node: Expression, symbols: Symbols): void {
  if (node.kind === "name" || node.kind === "nsref") symbols.load(node.name);
  else forEachChild(node, (child) => visitExpression(child, symbols));
}

/** Calls `visit` with every direct part of an expression, in Jinja2's order. */
export function forEachChild(node: Expression, visit: (child: Expression) => void): void {
  switch (node.kind) {
    case "name":
    case "nsref":
    case "const":
    case "data":
      return;
    case "tuple":
    case "list":
    case "concat":
      node.items.forEach(visit);
      return;
    case "dict":
      for (const { key, value } of node.items) [key, value].forEach(visit);
      return;
    case "condition":
      [node.test, node.then].forEach(visit);
      if (node.otherwise !== undefined) visit(node.otherwise);
      return;
    case "filter":
    case "test":
    case "call":
      if (node.node !== undefined) visit(node.node);
      forEachArgument(node.call, visit);
      return;
    case "getattr":
    case "not":
    case "negative":
    case "positive":
      visit(node.node);
      return;
    case "getitem":
      [node.node, node.key].forEach(visit);
      return;
    case "slice":
      for (const part of [node.start, node.stop, node.step]) if (part !== undefined) visit(part);
      return;
    case "compare":
      visit(node.first);
      for (const { value } of node.rest) visit(value);
      return;
    case "binary":
    case "and":
    case "or":
      [node.left, node.right].forEach(visit);
      return;
  }
}

function forEachArgument(
  call: {
    args: readonly Expression[];
    kwargs: readonly { value: Expression }[];
    dynArgs: Expression | undefined;
    dynKwargs: Expression | undefined;
  },
  visit: (child: Expression) => void,
): void {
  call.args.forEach(visit);
  for (const { value } of call.kwargs) visit(value);
  if (call.dynArgs !== undefined) visit(call.dynArgs);
  if (call.dynKwargs !== undefined) visit(call.dynKwargs);
}

/** The scope of a macro or call block: its parameters, defaults and body. */
export function analyzeMacro(node: Macro | CallBlock, symbols: Symbols): void {
  for (const param of node.params) symbols.declare(param.name);
  for (const param of node.params) if (param.defaultValue !== undefined) visitExpression(param.defaultValue, symbols);
  visitStatements(node.body, symbols);
}

/** The scope of one part of a for loop. */
export function analyzeFor(node: For, symbols: Symbols, part: "body" | "else" | "test"): void {
  if (part !== "else") visitTarget(node.target, symbols, true);
  if (part === "test") {
    if (node.test !== undefined) visitExpression(node.test, symbols);
  } else visitStatements(part === "body" ? node.body : node.otherwise, symbols);
}
