import { formatValue } from "./format-spec.ts";
import { reserve } from "./limits.ts";
import { pyRepr, pyStr, raise, type Kwargs, type Value } from "./values.ts";
import { fieldAccess } from "./field-access.ts";

/** A piece of a format string: text, or a replacement field. */
type Piece = string | { name: string; conversion: string | undefined; spec: string };

function parse(format: string): Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  for (let i = 0; i < format.length; i++) {
    const char = format.charAt(i);
    if ((char === "{" || char === "}") && format[i + 1] === char) {
      text += char;
      i++;
    } else if (char === "}") raise("ValueError", "Single '}' encountered in format string");
    else if (char === "{") {
      const end = closing(format, i);
      pieces.push(text, field(format.slice(i + 1, end)));
      text = "";
      i = end;
    } else text += char;
  }
  pieces.push(text);
  return pieces;
}

function closing(format: string, start: number): number {
  let depth = 0;
  for (let i = start; i < format.length; i++) {
    const char = format[i];
    if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return i;
  }
  return raise(
    "ValueError",
    start === format.length - 1 ? "Single '{' encountered in format string" : "expected '}' before end of string",
  );
}

function field(text: string): Piece {
  const match = /^((?:\[[^\]]*\]|[^!:[])*)(?:!([^:]*))?(?::([^]*))?$/.exec(text);
  if (match === null) return raise("ValueError", "expected '}' before end of string");
  const [, name = "", conversion, spec = ""] = match;
  if (conversion !== undefined && conversion.length !== 1) {
    return raise(
      "ValueError",
      conversion === ""
        ? "end of string while looking for conversion specifier"
        : "expected ':' after conversion specifier",
    );
  }
  return { name, conversion, spec };
}

class Formatter {
  readonly #args: Value[];
  readonly #kwargs: Kwargs;
  #auto: number | false | undefined;

  constructor(args: Value[], kwargs: Kwargs) {
    this.#args = args;
    this.#kwargs = kwargs;
  }

  format(format: string, depth: number): string {
    if (depth < 0) raise("ValueError", "Max string recursion exceeded");
    let result = "";
    for (const piece of parse(format)) {
      if (typeof piece === "string") result += piece;
      else {
        const value = converted(this.#field(piece.name), piece.conversion);
        result += formatValue(value, this.format(piece.spec, depth - 1));
      }
    }
    reserve(result.length);
    return result;
  }

  #field(name: string): Value {
    const end = name.search(/[.[]/);
    const first = end === -1 ? name : name.slice(0, end);
    return fieldAccess(this.#first(first), end === -1 ? "" : name.slice(end));
  }

  #first(name: string): Value {
    if (name === "") return this.#positional(this.#nextAuto());
    if (!/^\d+$/.test(name))
      return name in this.#kwargs ? (this.#kwargs[name] as Value) : raise("KeyError", `'${name}'`);
    if (typeof this.#auto === "number" && this.#auto > 0) {
      raise("ValueError", "cannot switch from automatic field numbering to manual field specification");
    }
    this.#auto = false;
    return this.#positional(Number(name));
  }

  #nextAuto(): number {
    if (this.#auto === false)
      raise("ValueError", "cannot switch from manual field specification to automatic field numbering");
    const index = this.#auto ?? 0;
    this.#auto = index + 1;
    return index;
  }

  #positional(index: number): Value {
    const value = this.#args[index];
    return value === undefined ? raise("IndexError", "tuple index out of range") : value;
  }
}

function converted(value: Value, conversion: string | undefined): Value {
  switch (conversion) {
    case undefined:
      return value;
    case "s":
      return pyStr(value);
    case "r":
    case "a":
      return pyRepr(value);
    default:
      return raise("ValueError", `Unknown conversion specifier '${conversion}'`);
  }
}

/** str.format(), with the sandbox's rules for attributes. */
export function formatMethod(self: string, args: Value[], kwargs: Kwargs): string {
  return new Formatter(args, kwargs).format(self, 2);
}
