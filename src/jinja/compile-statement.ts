import type {
  Autoescape,
  AssignBlock,
  Block,
  Expression,
  FilterBlock,
  If,
  Loading,
  Output,
  Statement,
  With,
} from "./ast.ts";
import { asConst, foldedText, isConst } from "./constant-folding.ts";
import { compileExpression, compileFilter } from "./compile-expression.ts";
import { compileFor } from "./compile-for.ts";
import { compileCallBlock, compileMacroDefinition } from "./compile-macro.ts";
import { compileTarget } from "./compile-target.ts";
import { escapeValue } from "./escape.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { Frame, rethrow } from "./runtime.ts";
import { compileEnter, FunctionScope, type Evaluate, type Execute, type Scope, type Signal } from "./scope.ts";
import { Symbols, visitExpression, visitStatements, visitTarget } from "./symbols.ts";
import { capture, finishedText, write } from "./output.ts";
import { Markup } from "./str-object.ts";
import { outputLimit } from "./limits.ts";
import { pyStr, raise, truthy, type Value } from "./values.ts";

/** Compiles statements one after the other. */
export function compileBody(body: readonly Statement[], scope: Scope): Execute {
  const steps = body.map((statement) => compileStatement(statement, scope));
  const [first, second] = steps;
  if (first === undefined) return () => "next";
  if (second === undefined) return first;
  return (frame) => {
    for (const step of steps) {
      const signal = step(frame);
      if (signal !== "next") return signal;
    }
    return "next";
  };
}

function compileStatement(node: Statement, scope: Scope): Execute {
  switch (node.kind) {
    case "output":
      return scope.unit.native ? compileNativeOutput(node, scope) : compileOutput(node, scope);
    case "set":
      return compileSet(node.target, node.value, scope);
    case "setblock":
      return compileSetBlock(node, scope);
    case "if":
      return compileIf(node, scope);
    case "for":
      return compileFor(node, scope);
    case "do":
      return compileDo(compileExpression(node.value, scope));
    case "macro":
      return compileMacroDefinition(node, scope);
    case "callblock":
      return compileCallBlock(node, scope);
    case "filterblock":
      return compileFilterBlock(node, scope);
    case "with":
      return compileWith(node, scope);
    case "autoescape":
      return compileAutoescape(node, scope);
    case "block":
      return compileBlock(node, scope);
    case "loading":
      return compileLoading(node, scope);
    case "break":
    case "continue":
      return compileJump(node.kind, node.at, scope);
  }
}

function compileJump(kind: "break" | "continue", at: number, scope: Scope): Execute {
  if (!scope.inLoop) {
    throw new TemplateSyntaxError(
      kind === "break" ? "'break' outside loop" : "'continue' not properly in loop",
      at,
      "SyntaxError",
    );
  }
  return () => kind;
}

function compileDo(value: Evaluate): Execute {
  return (frame) => {
    value(frame);
    return "next";
  };
}

/** A child scope of the same function, with its own variables. */
export function innerScope(scope: Scope, symbols: Symbols): Scope {
  scope.fn.own(symbols);
  return { ...scope, symbols, soft: false, toplevel: false };
}

function compileOutput(node: Output, scope: Scope): Execute {
  const parts = node.items.map((item) => compilePart(item, scope));
  const [first, second] = parts;
  if (first !== undefined && second === undefined) return checked(first);
  return checked((frame) => {
    for (const part of parts) part(frame);
  });
}

function checked(work: (frame: Frame) => void): Execute {
  return (frame) => {
    work(frame);
    if (frame.out.length > outputLimit())
      raise("MemoryError", `output is over the limit of ${outputLimit()} characters`);
    return "next";
  };
}

function compilePart(item: Expression, scope: Scope): (frame: Frame) => void {
  const text = item.kind === "data" ? item.text : foldedText(item, scope.unit.environment);
  if (text !== undefined) {
    return (frame) => {
      frame.out += text;
    };
  }
  const value = compileExpression(item, scope);
  const { at } = item;
  if (scope.escaping) {
    return (frame) => {
      const result = value(frame);
      frame.out += frame.render.autoescape ? escapeValue(result).text : pyStr(result);
    };
  }
  return (frame) => {
    const result = value(frame);
    if (typeof result === "string") frame.out += result;
    else {
      frame.at = at;
      frame.out += pyStr(result);
    }
  };
}

/** Native output keeps values; what Jinja2 can fold at compile time becomes text together with the text around it. */
function compileNativeOutput(node: Output, scope: Scope): Execute {
  const parts: (string | Evaluate)[] = [];
  for (const item of node.items) {
    const folded = item.kind === "data" ? item.text : asConst(item, scope.unit.environment);
    if (!isConst(folded)) parts.push(compileExpression(item, scope));
    else {
      const text = pyStr(folded);
      const last = parts.at(-1);
      if (typeof last === "string") parts[parts.length - 1] = last + text;
      else parts.push(text);
    }
  }
  return (frame) => {
    for (const part of parts) frame.chunks.push(typeof part === "string" ? part : part(frame));
    return "next";
  };
}

function compileSet(target: Expression, value: Expression, scope: Scope): Execute {
  const { store, check } = compileTarget(target, scope);
  const evaluate = compileExpression(value, scope);
  return (frame) => {
    check?.(frame);
    store(frame, evaluate(frame));
    return "next";
  };
}

function compileSetBlock(node: AssignBlock, scope: Scope): Execute {
  const symbols = new Symbols(scope.symbols);
  visitStatements(node.body, symbols);
  const inner = innerScope(scope, symbols);
  const body = compileBody(node.body, inner);
  const enter = compileEnter(inner, false);
  const { store } = compileTarget(node.target, scope);
  let text: Value = "";
  const filter = node.filter === undefined ? undefined : compileFilter(node.filter, inner, () => text);
  return (frame) => {
    enter?.(frame);
    const { signal, result } = capture(frame, body);
    if (signal !== "next") return signal;
    text = result;
    const value = filter === undefined ? result : filter(frame);
    store(frame, frame.render.autoescape && scope.escaping ? new Markup(pyStr(value)) : value);
    return "next";
  };
}

function compileIf(node: If, scope: Scope): Execute {
  const soft = { ...scope, soft: true };
  const branches = node.branches.map(({ test, body }) => ({
    test: compileExpression(test, soft),
    body: compileBody(body, soft),
  }));
  const otherwise = compileBody(node.otherwise, soft);
  const [first] = branches;
  if (first !== undefined && branches.length === 1) {
    return (frame) => (truthy(first.test(frame)) ? first.body(frame) : otherwise(frame));
  }
  return (frame) => {
    for (const { test, body } of branches) if (truthy(test(frame))) return body(frame);
    return otherwise(frame);
  };
}

function compileFilterBlock(node: FilterBlock, scope: Scope): Execute {
  const symbols = new Symbols(scope.symbols);
  visitStatements(node.body, symbols);
  visitExpression(node.filter, symbols);
  const inner = innerScope(scope, symbols);
  const body = compileBody(node.body, inner);
  const enter = compileEnter(inner, false);
  let text: Value = "";
  const filter = compileFilter(node.filter, inner, () => text);
  return (frame) => {
    enter?.(frame);
    const { signal, result } = capture(frame, body);
    if (signal !== "next") return signal;
    text = result;
    write(frame, filter(frame), node.at);
    return "next";
  };
}

function compileWith(node: With, scope: Scope): Execute {
  const symbols = new Symbols(scope.symbols);
  for (const target of node.targets) visitTarget(target, symbols, true);
  visitStatements(node.body, symbols);
  const inner = innerScope(scope, symbols);
  const enter = compileEnter(inner, false);
  const pairs = node.targets.map((target, i) => ({
    store: compileTarget(target, inner).store,
    value: compileExpression(node.values[i] ?? target, scope),
  }));
  const body = compileBody(node.body, inner);
  return (frame) => {
    enter?.(frame);
    for (const { store, value } of pairs) store(frame, value(frame));
    return body(frame);
  };
}

function compileAutoescape(node: Autoescape, scope: Scope): Execute {
  const symbols = new Symbols(scope.symbols);
  visitExpression(node.value, symbols);
  visitStatements(node.body, symbols);
  const inner = { ...innerScope(scope, symbols), escaping: true };
  const enter = compileEnter(inner, false);
  const value = compileExpression(node.value, inner);
  const body = compileBody(node.body, inner);
  return (frame) => {
    enter?.(frame);
    const before = frame.render.autoescape;
    frame.render.autoescape = truthy(value(frame));
    try {
      return body(frame);
    } finally {
      frame.render.autoescape = before;
    }
  };
}

/** A block without inheritance is its body, in a scope that sees top-level names only. */
function compileBlock(node: Block, scope: Scope): Execute {
  const fn = new FunctionScope();
  const symbols = new Symbols();
  visitStatements(node.body, symbols);
  fn.own(symbols);
  const body = compileBody(node.body, { ...scope, fn, symbols, soft: false, inLoop: false, toplevel: false });
  const visible = node.scoped ? [...scope.symbols.visibleStores().keys()] : [];
  const locals = visible.map((name) => ({ name, read: compileExpression({ kind: "name", name, at: node.at }, scope) }));
  return (frame) => {
    const inner = new Frame(frame.render, undefined, fn.slotCount);
    inner.chunks = frame.chunks;
    const overlay = locals.map(({ name, read }) => [name, read(frame)] as const);
    return withOverlay(frame, overlay, () => {
      try {
        const signal = body(inner);
        if (!frame.render.native) frame.out += finishedText(inner);
        return signal;
      } catch (error) {
        rethrow(error, inner);
      }
    });
  };
}

function withOverlay(frame: Frame, overlay: (readonly [string, Value])[], work: () => Signal): Signal {
  const { exported } = frame.render;
  if (exported === undefined || overlay.length === 0) return work();
  const before = new Map(exported);
  for (const [name, value] of overlay) exported.set(name, value);
  try {
    return work();
  } finally {
    exported.clear();
    for (const [name, value] of before) exported.set(name, value);
  }
}

function compileLoading(node: Loading, scope: Scope): Execute {
  const template = compileExpression(node.template, scope);
  return (frame) => {
    template(frame);
    frame.at = node.at;
    return raise("TypeError", "no loader for this environment specified");
  };
}
