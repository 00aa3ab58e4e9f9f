import { PyStr } from "./str-object.ts";
import { pyStr, type Value } from "./values.ts";

/** Text that stays text in native rendering (as_text). */
export class TextMarker extends PyStr {
  constructor(value: Value) {
    super(pyStr(value), "TextMarker");
  }
}

/** Text that native rendering reads as a Python literal (as_native, as_bool, as_number). */
export class NativeMarker extends PyStr {
  readonly wants: "any" | "bool" | "number";

  constructor(value: Value, wants: "any" | "bool" | "number") {
    super(pyStr(value), wants === "bool" ? "BoolMarker" : wants === "number" ? "NumberMarker" : "NativeMarker");
    this.wants = wants;
  }
}
