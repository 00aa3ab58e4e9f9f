import type { Arguments, Expression } from "./ast.ts";
import { getAttribute } from "./attributes.ts";
import { methodOf } from "./methods.ts";
import { chaining, type Frame } from "./runtime.ts";
import type { Evaluate } from "./scope.ts";
import { TemplateSyntaxError } from "./errors.ts";
import { NO_KWARGS, PyDict, PyObject, raise, textOf, tryIterate, typeName, type Kwargs, type Value } from "./values.ts";

/** callee(*args, **kwargs) */
export function callValue(callee: Value, args: Value[], kwargs: Kwargs): Value {
  if (typeof callee === "function") {
    const result = callee(args, kwargs) as Value | undefined;
    // A JavaScript function without return gives None, like a Python one.
    return result === undefined ? null : result;
  }
  if (callee instanceof PyObject) return callee.call(args, kwargs);
  return raise("TypeError", `'${typeName(callee)}' object is not callable`);
}

type CompileExpression = (node: Expression) => Evaluate;
type CollectArgs = (frame: Frame) => Value[];
type CollectKwargs = (frame: Frame) => Kwargs;

export interface CompiledArguments {
  readonly args: CollectArgs;
  readonly kwargs: CollectKwargs;
}

const noKwargs: CollectKwargs = () => NO_KWARGS;

export function compileArguments(call: Arguments, compile: CompileExpression): CompiledArguments {
  return { args: compileArgs(call, compile), kwargs: compileKwargs(call, compile) };
}

function compileArgs(call: Arguments, compile: CompileExpression): CollectArgs {
  const parts = call.args.map(compile);
  const plain = plainArgs(parts);
  if (call.dynArgs === undefined) return plain;
  const dyn = compile(call.dynArgs);
  return (frame) => {
    const args = plain(frame);
    const extra = dyn(frame);
    const items = tryIterate(extra) ?? raise("TypeError", `Value after * must be an iterable, not ${typeName(extra)}`);
    for (const item of items) args.push(item);
    return args;
  };
}

function plainArgs(parts: Evaluate[]): CollectArgs {
  const [first, second] = parts;
  if (first === undefined) return () => [];
  if (second === undefined) return (frame) => [first(frame)];
  if (parts.length === 2) return (frame) => [first(frame), second(frame)];
  return (frame) => parts.map((part) => part(frame));
}

function compileKwargs(call: Arguments, compile: CompileExpression): CollectKwargs {
  if (call.kwargs.length === 0 && call.dynKwargs === undefined) return noKwargs;
  const parts = call.kwargs.map(({ name, value }) => ({ name, value: compile(value) }));
  const names = new Set<string>();
  for (const { name, value } of call.kwargs) {
    if (names.has(name)) throw new TemplateSyntaxError(`keyword argument repeated: ${name}`, value.at, "SyntaxError");
    names.add(name);
  }
  const dyn = call.dynKwargs === undefined ? undefined : compile(call.dynKwargs);
  return (frame) => {
    const kwargs = Object.create(null) as Kwargs;
    for (const { name, value } of parts) kwargs[name] = value(frame);
    if (dyn !== undefined) addDynamic(kwargs, dyn(frame));
    return kwargs;
  };
}

function addDynamic(kwargs: Kwargs, extra: Value): void {
  if (!(extra instanceof PyDict))
    raise(
      "TypeError",
      `jinja2.sandbox.SandboxedEnvironment.call() argument after ** must be a mapping, not ${typeName(extra)}`,
    );
  for (const [key, value] of extra.entries()) {
    const name = textOf(key) ?? raise("TypeError", "keywords must be strings");
    if (name in kwargs) raise("TypeError", `got multiple values for keyword argument '${name}'`);
    kwargs[name] = value;
  }
}

/** A call; `extra` adds keyword arguments (caller). */
export function compileCall(
  node: Expression,
  call: Arguments,
  at: number,
  compile: CompileExpression,
  extra?: (frame: Frame, kwargs: Kwargs) => Kwargs,
): Evaluate {
  const { args, kwargs } = compileArguments(call, compile);
  if (node.kind === "getattr" && extra === undefined)
    return methodCall(compile(node.node), node.name, args, kwargs, at);
  const callee = compile(node);
  return (frame) => {
    const target = callee(frame);
    const positional = args(frame);
    const named = kwargs(frame);
    const all = extra === undefined ? named : extra(frame, named);
    frame.at = at;
    return callValue(target, positional, all);
  };
}

/** object.name(…): methods of built-in types run without making a bound method first. */
function methodCall(object: Evaluate, name: string, args: CollectArgs, kwargs: CollectKwargs, at: number): Evaluate {
  return (frame) => {
    const self = chaining(frame, object(frame));
    frame.at = at;
    const method = methodOf(self, name);
    if (method !== undefined) {
      const positional = args(frame);
      const named = kwargs(frame);
      frame.at = at;
      return method(self, positional, named);
    }
    const callee = chaining(frame, getAttribute(self, name));
    const positional = args(frame);
    const named = kwargs(frame);
    frame.at = at;
    return callValue(callee, positional, named);
  };
}
