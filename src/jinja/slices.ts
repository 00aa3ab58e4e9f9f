import { numberOf, PyFloat, PyObject, raise, type Value } from "./values.ts";

function slicePart(value: Value, name: string): number | null {
  if (value === null) return null;
  const number = value instanceof PyFloat ? undefined : numberOf(value);
  if (number === undefined)
    return raise("TypeError", "slice indices must be integers or None or have an __index__ method");
  if (name === "step" && number === 0) return raise("ValueError", "slice step cannot be zero");
  return Number(number);
}

/** The indexes a slice covers in a sequence of `length`. */
export function sliceIndexes(
  length: number,
  startValue: Value,
  stopValue: Value,
  stepValue: Value,
): { start: number; stop: number; step: number } {
  const step = slicePart(stepValue, "step") ?? 1;
  const low = step < 0 ? -1 : 0;
  const high = step < 0 ? length - 1 : length;
  const clamp = (part: number | null, fallback: number): number => {
    if (part === null) return fallback;
    return part < 0 ? Math.max(part + length, low) : Math.min(part, high);
  };
  const start = clamp(slicePart(startValue, "start"), step < 0 ? high : low);
  const stop = clamp(slicePart(stopValue, "stop"), step < 0 ? low : high);
  return { start, stop, step };
}

/** A slice as a value: what an object's getItem receives for object[a:b]. */
export class PySlice extends PyObject {
  override readonly pyType = "slice";
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;

  constructor(start: Value, stop: Value, step: Value) {
    super();
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}
