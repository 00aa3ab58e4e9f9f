import type { Expression } from "./ast.ts";
import { PyNamespace } from "./namespace.ts";
import type { Frame } from "./runtime.ts";
import { compileRawLoad, compileStore, type Scope, type Store } from "./scope.ts";
import { raise, tryIterate, typeName, type Value } from "./values.ts";

export interface CompiledTarget {
  readonly store: Store;
  /** Runs before the value is evaluated. */
  readonly check: ((frame: Frame) => void) | undefined;
}

/** Compiles what stands left of an assignment: a name, ns.attribute, or a tuple of them. */
export function compileTarget(target: Expression, scope: Scope): CompiledTarget {
  if (target.kind === "name") return { store: compileStore(scope, target.name), check: undefined };
  if (target.kind === "nsref") return compileNamespaceTarget(target.name, target.attribute, target.at, scope);
  if (target.kind !== "tuple") throw new Error(`cannot assign to ${target.kind}`);
  const parts = target.items.map((item) => compileTarget(item, scope));
  const checks = parts.flatMap(({ check }) => (check === undefined ? [] : [check]));
  const stores = parts.map(({ store }) => store);
  return {
    check: checks.length === 0 ? undefined : (frame) => checks.forEach((check) => check(frame)),
    store: (frame, value) => {
      frame.at = target.at;
      const items = unpack(value, stores.length);
      stores.forEach((store, i) => store(frame, items[i] as Value));
    },
  };
}

function compileNamespaceTarget(name: string, attribute: string, at: number, scope: Scope): CompiledTarget {
  const read = compileRawLoad(scope, name);
  return {
    check: (frame) => {
      if (read(frame) instanceof PyNamespace) return;
      frame.at = at;
      raise("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
    },
    store: (frame, value) => {
      const namespace = read(frame);
      if (namespace instanceof PyNamespace) namespace.setAttribute(attribute, value);
    },
  };
}

function unpack(value: Value, count: number): Value[] {
  const items = tryIterate(value) ?? raise("TypeError", `cannot unpack non-iterable ${typeName(value)} object`);
  const result: Value[] = [];
  for (const item of items) {
    if (result.length === count) raise("ValueError", `too many values to unpack (expected ${count})`);
    result.push(item);
  }
  if (result.length < count)
    raise("ValueError", `not enough values to unpack (expected ${count}, got ${result.length})`);
  return result;
}
