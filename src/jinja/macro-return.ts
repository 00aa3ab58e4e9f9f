import type { HostFunction, Value } from "./objects.ts";
import { raise } from "./errors.ts";

/** Carries the value of `return()` out of a macro. Not an Error: it is no failure, and needs no stack. */
export class MacroReturn {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

export function isMacroReturn(thrown: unknown): thrown is MacroReturn {
  return thrown instanceof MacroReturn;
}

/** dbt's `return(data)`. */
export const returnFunction: HostFunction = function (args, kwargs) {
  const value = args.length > 0 ? args[0] : kwargs["data"];
  if (value === undefined) raise("TypeError", "BaseContext._return() missing 1 required positional argument: 'data'");
  if (args.length > 1)
    raise("TypeError", `BaseContext._return() takes 1 positional argument but ${args.length} were given`);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, see MacroReturn
  throw new MacroReturn(value);
};
