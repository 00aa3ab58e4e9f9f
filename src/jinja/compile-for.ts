import type { For } from "./ast.ts";
import { compileExpression } from "./compile-expression.ts";
import { compileTarget } from "./compile-target.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { enterMacro, leaveMacro, spend } from "./limits.ts";
import { LoopObject } from "./loop-object.ts";
import { finishedText, write } from "./output.ts";
import { Frame, rethrow } from "./runtime.ts";
import { compileEnter, FunctionScope, type Evaluate, type Execute, type Scope, type Store } from "./scope.ts";
import { analyzeFor, Symbols } from "./symbols.ts";
import { assigns, findUndeclared, walkStatement } from "./walk.ts";
import { iterate, truthy, type Value } from "./values.ts";

type Select = (frame: Frame, items: Iterable<Value>) => Iterable<Value>;

interface Loop {
  readonly assign: Store;
  readonly enter: ((frame: Frame) => void) | undefined;
  readonly body: Execute;
  readonly select: Select | undefined;
  readonly otherwise: Execute | undefined;
  readonly storeLoop: Store | undefined;
  readonly at: number;
}

/** A for loop: plain, with the loop variable, or recursive. */
export function compileFor(node: For, scope: Scope): Execute {
  checkLoopName(node);
  const extended = node.recursive || findUndeclared(node.body, ["loop"]).size > 0 || hasScopedBlock(node);
  if (node.recursive) return compileRecursive(node, scope);
  const loop = compileLoop(node, scope, extended);
  const iterable = compileExpression(node.iterable, scope);
  return (frame) => {
    const items = iterable(frame);
    frame.at = loop.at;
    return extended ? runExtended(loop, frame, items, undefined, 0) : runPlain(loop, frame, items);
  };
}

function checkLoopName(node: For): void {
  if (!assigns([node], "loop")) return;
  throw new TemplateSyntaxError(
    "Can't assign to special loop variable in for-loop target",
    node.at,
    "TemplateAssertionError",
  );
}

function hasScopedBlock(node: For): boolean {
  let found = false;
  walkStatement(node, {
    statement: (inner) => {
      if (inner.kind === "block" && inner.scoped) found = true;
      return true;
    },
  });
  return found;
}

function child(scope: Scope, symbols: Symbols): Scope {
  scope.fn.own(symbols);
  return { ...scope, symbols, soft: false, toplevel: false };
}

function compileLoop(node: For, scope: Scope, extended: boolean): Loop {
  const symbols = new Symbols(scope.symbols);
  if (extended) symbols.declare("loop");
  analyzeFor(node, symbols, "body");
  const inner = { ...child(scope, symbols), inLoop: true };
  const loopSlot = extended ? inner.fn.slot(symbols.findRef("loop") ?? "") : -1;
  return {
    assign: compileTarget(node.target, inner).store,
    enter: compileEnter(inner, false),
    body: scope.unit.compileBody(node.body, inner),
    select: node.test === undefined ? undefined : compileSelect(node, scope),
    otherwise: node.otherwise.length === 0 ? undefined : compileElse(node, scope),
    storeLoop: extended ? (frame, value) => void (frame.slots[loopSlot] = value) : undefined,
    at: node.iterable.at,
  };
}

function compileElse(node: For, scope: Scope): Execute {
  const symbols = new Symbols(scope.symbols);
  analyzeFor(node, symbols, "else");
  const inner = child(scope, symbols);
  const enter = compileEnter(inner, false);
  const body = scope.unit.compileBody(node.otherwise, inner);
  return (frame) => {
    enter?.(frame);
    return body(frame);
  };
}

/** The loop's `if`: lazy, with variables of its own, since loop.last may look ahead while the body runs. */
function compileSelect(node: For, scope: Scope): Select {
  const symbols = new Symbols(scope.symbols, "if");
  analyzeFor(node, symbols, "test");
  const inner = child(scope, symbols);
  const enter = compileEnter(inner, false);
  const assign = compileTarget(node.target, inner).store;
  const test: Evaluate = node.test === undefined ? () => true : compileExpression(node.test, inner);
  return function* (frame, items) {
    enter?.(frame);
    for (const item of items) {
      spend(1);
      assign(frame, item);
      if (truthy(test(frame))) yield item;
    }
  };
}

function runPlain(loop: Loop, frame: Frame, items: Value): "next" | "break" {
  const all = iterate(items);
  let empty = true;
  for (const item of loop.select === undefined ? all : loop.select(frame, all)) {
    empty = false;
    spend(1);
    loop.assign(frame, item);
    loop.enter?.(frame);
    if (loop.body(frame) === "break") break;
    frame.at = loop.at;
  }
  if (empty) return afterElse(loop, frame);
  return "next";
}

function afterElse(loop: Loop, frame: Frame): "next" | "break" {
  // A jump in the else part belongs to the loop around this one.
  return (loop.otherwise?.(frame) ?? "next") as "next" | "break";
}

type Recurse = (items: Value, depth: number) => Value;

function runExtended(
  loop: Loop,
  frame: Frame,
  items: Value,
  recurse: Recurse | undefined,
  depth: number,
): "next" | "break" {
  const source = loop.select === undefined ? items : undefined;
  const all = iterate(items);
  const state = new LoopObject(loop.select?.(frame, all) ?? all, source, recurse, depth);
  let empty = true;
  while (state.advance()) {
    empty = false;
    spend(1);
    loop.storeLoop?.(frame, state);
    loop.assign(frame, state.current);
    loop.enter?.(frame);
    if (loop.body(frame) === "break") break;
    frame.at = loop.at;
  }
  return empty ? afterElse(loop, frame) : "next";
}

/** A recursive loop is a function: each level has its own variables. */
function compileRecursive(node: For, scope: Scope): Execute {
  const fn = new FunctionScope(scope.fn);
  const loop = compileLoop(node, { ...scope, fn, inLoop: false }, true);
  const iterable = compileExpression(node.iterable, scope);
  const run = (outer: Frame, items: Value, depth: number): string => {
    const frame = new Frame(outer.render, outer, fn.slotCount);
    frame.at = loop.at;
    enterMacro();
    try {
      runExtended(loop, frame, items, (inner, level) => run(outer, inner, level), depth);
      return finishedText(frame);
    } catch (error) {
      rethrow(error, frame);
    } finally {
      leaveMacro();
    }
  };
  return (frame) => {
    write(frame, run(frame, iterable(frame), 0), node.at);
    return "next";
  };
}
