import type { CallBlock, Macro } from "./ast.ts";
import { compileCall } from "./call.ts";
import { compileExpression } from "./compile-expression.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { enterMacro, leaveMacro } from "./limits.ts";
import { MacroObject } from "./macro-object.ts";
import { finishedText, write } from "./output.ts";
import { Frame, rethrow } from "./runtime.ts";
import { compileEnter, compileStore, FunctionScope, type Execute, type Scope } from "./scope.ts";
import { analyzeMacro, Symbols } from "./symbols.ts";
import { findUndeclared } from "./walk.ts";
import { Markup } from "./str-object.ts";
import { Undefined, type Kwargs, type Value } from "./values.ts";

/** Makes the callable of a macro or call block for one frame. */
export type MakeMacro = (frame: Frame) => MacroObject;

const SPECIAL = ["caller", "kwargs", "varargs"] as const;

function specialNames(node: Macro | CallBlock): string[] {
  const undeclared = findUndeclared(node.body, SPECIAL);
  const params = node.params.map((param) => param.name);
  const caller = node.params.find((param) => param.name === "caller");
  if (undeclared.has("caller") && caller !== undefined && caller.defaultValue === undefined) {
    const message =
      'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.';
    throw new TemplateSyntaxError(message, node.at, "TemplateAssertionError");
  }
  return SPECIAL.filter((name) => undeclared.has(name) && !params.includes(name));
}

function compileDefaults(node: Macro | CallBlock, scope: Scope): ((frame: Frame) => void)[] {
  return node.params.map(({ name, defaultValue }) => {
    const slot = scope.fn.slot(scope.symbols.findRef(name) ?? "");
    const value = defaultValue === undefined ? undefined : compileExpression(defaultValue, scope);
    return (frame) => {
      if (frame.slots[slot] !== undefined) return;
      frame.slots[slot] =
        value === undefined ? new Undefined({ hint: `parameter '${name}' was not provided`, name }) : value(frame);
    };
  });
}

function declareParams(node: Macro | CallBlock, symbols: Symbols): void {
  const seen = new Set<string>();
  for (const { name } of node.params) {
    if (seen.has(name))
      throw new TemplateSyntaxError(`duplicate argument '${name}' in function definition`, node.at, "SyntaxError");
    seen.add(name);
    symbols.declare(name);
  }
}

/** Compiles signature and body of a macro or call block. */
export function compileMacro(node: Macro | CallBlock, outer: Scope): MakeMacro {
  const fn = new FunctionScope(outer.fn);
  const symbols = new Symbols(outer.symbols);
  declareParams(node, symbols);
  const special = specialNames(node);
  for (const name of special) symbols.declare(name);
  analyzeMacro(node, symbols);
  fn.own(symbols);
  const scope: Scope = { ...outer, fn, symbols, soft: false, inLoop: false, toplevel: false };
  const names = [...node.params.map((param) => param.name), ...special];
  const slots = names.map((name) => fn.slot(symbols.findRef(name) ?? ""));
  const defaults = compileDefaults(node, scope);
  const enter = compileEnter(scope, true);
  const body = outer.unit.compileBody(node.body, scope);
  const label = node.kind === "macro" ? node.name : "caller";
  const run = (defining: Frame, args: (Value | undefined)[]): Value => {
    const frame = new Frame(defining.render, defining, fn.slotCount);
    frame.at = node.at;
    slots.forEach((slot, i) => (frame.slots[slot] = args[i]));
    let text: string;
    enterMacro();
    try {
      enter?.(frame);
      for (const fill of defaults) fill(frame);
      body(frame);
      text = finishedText(frame);
    } catch (error) {
      rethrow(error, frame, label);
    } finally {
      leaveMacro();
    }
    return frame.render.autoescape ? new Markup(text) : text;
  };
  const shape = {
    name: node.kind === "macro" ? node.name : null,
    params: node.params.map((param) => param.name),
    catchesKwargs: special.includes("kwargs"),
    catchesVarargs: special.includes("varargs"),
    callsCaller: special.includes("caller"),
  };
  return (frame) => new MacroObject(shape, (args) => run(frame, args));
}

/** A macro inside a template or another macro: a variable of its scope. */
export function compileMacroDefinition(node: Macro, scope: Scope): Execute {
  const make = compileMacro(node, scope);
  const store = compileStore(scope, node.name);
  return (frame) => {
    store(frame, make(frame));
    return "next";
  };
}

export function compileCallBlock(node: CallBlock, scope: Scope): Execute {
  const make = compileMacro(node, scope);
  const withCaller = (frame: Frame, kwargs: Kwargs): Kwargs => {
    const all = Object.assign(Object.create(null) as Kwargs, kwargs);
    all["caller"] = make(frame);
    return all;
  };
  const call = compileCall(
    node.call.node,
    node.call.call,
    node.call.at,
    (child) => compileExpression(child, scope),
    withCaller,
  );
  return (frame) => {
    write(frame, call(frame), node.at);
    return "next";
  };
}
