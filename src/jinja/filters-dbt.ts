import { Signature } from "./arguments.ts";
import type { Filter } from "./environment.ts";
import { NativeMarker, TextMarker } from "./native-markers.ts";
import { PyTuple, type Value } from "./values.ts";

const one = new Signature("<lambda>", "x");

/** In native rendering the filter marks its text; elsewhere it does nothing. */
function marker(mark: (value: Value) => Value): Filter {
  return (state, value, args, kwargs) => {
    one.bind([value, ...args], kwargs);
    return state.native ? mark(value) : value;
  };
}

export const dbtFilters: readonly [string, Filter][] = [
  ["as_text", marker((value) => new TextMarker(value))],
  ["as_native", marker((value) => new NativeMarker(value, "any"))],
  ["as_bool", marker((value) => new NativeMarker(value, "bool"))],
  ["as_number", marker((value) => new NativeMarker(value, "number"))],
  ["is_list", (_state, value) => Array.isArray(value) && !(value instanceof PyTuple)],
];
