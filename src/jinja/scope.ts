import type { Block, Statement } from "./ast.ts";
import type { Environment } from "./environment.ts";
import { chaining, lookup, type Frame } from "./runtime.ts";
import type { Symbols } from "./symbols.ts";
import { Undefined, type Value } from "./values.ts";

/** How a statement ended. */
export type Signal = "next" | "break" | "continue";
export type Execute = (frame: Frame) => Signal;
export type Evaluate = (frame: Frame) => Value;
export type Store = (frame: Frame, value: Value) => void;

/** Variables live in the slots of a function: a template, a macro, a recursive loop. */
export class FunctionScope {
  readonly parent: FunctionScope | undefined;
  readonly #slots = new Map<string, number>();

  constructor(parent?: FunctionScope) {
    this.parent = parent;
  }

  get slotCount(): number {
    return this.#slots.size;
  }

  /** Gives every variable of the scope a slot in this function. */
  own(symbols: Symbols): void {
    for (const ident of symbols.loads.keys()) this.slot(ident);
  }

  slot(ident: string): number {
    let slot = this.#slots.get(ident);
    if (slot === undefined) this.#slots.set(ident, (slot = this.#slots.size));
    return slot;
  }

  find(ident: string): number | undefined {
    return this.#slots.get(ident);
  }
}

/** What one template's compilation shares. */
export interface Unit {
  readonly environment: Environment;
  readonly native: boolean;
  readonly blocks: Map<string, Block>;
  readonly compileBody: (body: readonly Statement[], scope: Scope) => Execute;
}

export interface Scope {
  readonly unit: Unit;
  readonly fn: FunctionScope;
  readonly symbols: Symbols;
  /** Inside an if: an unknown filter is an error only when it runs. */
  readonly soft: boolean;
  readonly inLoop: boolean;
  /** Whether sets are visible to blocks. */
  readonly toplevel: boolean;
  readonly escaping: boolean;
}

/** Where a variable is: how many functions out, and which slot. */
export function locate(fn: FunctionScope, ident: string): { hops: number; slot: number } {
  let hops = 0;
  for (let scope: FunctionScope | undefined = fn; scope !== undefined; scope = scope.parent, hops++) {
    const slot = scope.find(ident);
    if (slot !== undefined) return { hops, slot };
  }
  throw new Error(`variable ${ident} has no slot`);
}

function outer(frame: Frame, hops: number): Frame {
  let result = frame;
  for (let i = 0; i < hops; i++) result = result.parent ?? result;
  return result;
}

/** Reads a variable; undefined where it has no value. */
function compileRead(scope: Scope, ident: string): (frame: Frame) => Value | undefined {
  const { hops, slot } = locate(scope.fn, ident);
  const load = scope.symbols.findLoad(ident);
  if (load?.kind !== "resolve") {
    return hops === 0 ? (frame) => frame.slots[slot] : (frame) => outer(frame, hops).slots[slot];
  }
  const { name } = load;
  // Names from outside are looked up at their first use, not where their scope begins: a name in a branch
  // that never runs costs nothing and touches nothing.
  return (frame) => {
    const home = hops === 0 ? frame : outer(frame, hops);
    const value = home.slots[slot];
    return value === undefined ? (home.slots[slot] = lookup(home, name)) : value;
  };
}

export function compileLoad(scope: Scope, name: string): Evaluate {
  const read = compileRead(scope, scope.symbols.findRef(name) ?? "");
  return (frame) => {
    const value = read(frame);
    return value === undefined ? chaining(frame, new Undefined({ name })) : value;
  };
}

/** A raw read for checks that treat "not set" apart. */
export function compileRawLoad(scope: Scope, name: string): (frame: Frame) => Value | undefined {
  return compileRead(scope, scope.symbols.findRef(name) ?? "");
}

/** Stores into a variable of this scope. */
export function compileStore(scope: Scope, name: string): Store {
  const slot = scope.fn.slot(scope.symbols.findRef(name) ?? "");
  if (scope.toplevel && scope.unit.blocks.size > 0) {
    return (frame, value) => {
      frame.slots[slot] = value;
      frame.render.exported?.set(name, value);
    };
  }
  return (frame, value) => {
    frame.slots[slot] = value;
  };
}

/**
 * What happens where a scope begins: variables it shares by name with an outer scope take that value,
 * the others are cleared (`fresh` slots are clear already).
 */
export function compileEnter(scope: Scope, fresh: boolean): ((frame: Frame) => void) | undefined {
  const steps: ((frame: Frame) => void)[] = [];
  for (const [ident, load] of scope.symbols.loads) {
    if (load.kind === "parameter") continue;
    const slot = scope.fn.slot(ident);
    if (load.kind === "alias") {
      const read = compileRead({ ...scope, symbols: scope.symbols.parent ?? scope.symbols }, load.ident);
      steps.push((frame) => {
        frame.slots[slot] = read(frame);
      });
    } else if (!fresh) {
      steps.push((frame) => {
        frame.slots[slot] = undefined;
      });
    }
  }
  const [only] = steps;
  if (steps.length <= 1) return only;
  return (frame) => {
    for (const step of steps) step(frame);
  };
}
