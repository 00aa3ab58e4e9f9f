import type { Kwargs, Value } from "./objects.ts";

/** A method of a built-in Python type. */
export type Method = (self: Value, args: Value[], kwargs: Kwargs) => Value;
