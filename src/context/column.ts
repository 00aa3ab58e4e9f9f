import type { TypeWords } from "../contracts/engine.ts";
import { PyObject, raise, type HostFunction, type Value } from "../jinja/values.ts";
import { hostFunction } from "./host-function.ts";
import { asText } from "../shared/objects.ts";

/** dbt's Column as templates see it: a name and a type, in the engine's words. */
export class Column extends PyObject {
  readonly pyType: string;
  readonly words: TypeWords;
  readonly column: string;
  readonly dtype: string;
  readonly charSize: number | null;
  readonly precision: number | null;
  readonly scale: number | null;

  constructor(
    column: string,
    dtype: string,
    words: TypeWords,
    charSize: number | null = null,
    precision: number | null = null,
    scale: number | null = null,
  ) {
    super();
    this.words = words;
    this.pyType = words.columnClass;
    this.column = column;
    this.dtype = dtype;
    this.charSize = charSize;
    this.precision = precision;
    this.scale = scale;
  }

  get isString(): boolean {
    return this.words.texts.includes(this.dtype.toLowerCase());
  }

  get isNumeric(): boolean {
    return this.words.decimals.includes(this.dtype.toLowerCase());
  }

  get stringSize(): number {
    if (!this.isString) raise("DbtRuntimeError", "Called string_size() on non-string field!");
    if (this.isUnsized) return this.words.unsizedText?.size ?? 256;
    return this.dtype === "text" || this.charSize === null ? 256 : this.charSize;
  }

  private get isUnsized(): boolean {
    return this.charSize === null && this.dtype.toLowerCase() === this.words.unsizedText?.type;
  }

  get dataType(): string {
    if (this.isUnsized) return this.dtype;
    if (this.isString) return `${this.words.sizedText}(${String(this.stringSize)})`;
    if (this.isNumeric && this.precision !== null && this.scale !== null)
      return `${this.dtype}(${String(this.precision)},${String(this.scale)})`;
    return this.dtype;
  }

  override repr(): string {
    return `<Column ${this.column} (${this.dataType})>`;
  }

  override equals(other: Value): boolean {
    return other instanceof Column && other.column === this.column && other.dataType === this.dataType;
  }

  override getAttribute(name: string): Value | undefined {
    const lower = this.dtype.toLowerCase();
    switch (name) {
      case "name":
      case "column":
        return this.column;
      case "dtype":
        return this.dtype;
      case "data_type":
      case "expanded_data_type":
        return this.dataType;
      case "quoted":
        return `"${this.column}"`;
      case "char_size":
        return this.charSize;
      case "numeric_precision":
        return this.precision;
      case "numeric_scale":
        return this.scale;
      case "is_string":
        return () => this.isString;
      case "is_numeric":
        return () => this.isNumeric;
      case "is_float":
        return () => this.words.floats.includes(lower);
      case "is_integer":
        return () => this.words.integers.includes(lower);
      case "is_number":
        return () => this.isNumeric || [...this.words.floats, ...this.words.integers].includes(lower);
      case "is_struct":
        return () => lower.startsWith("struct");
      case "string_size":
        return () => this.stringSize;
      case "can_expand_to":
        return hostFunction(name, ["other_column"], (other) => this.canExpandTo(other ?? null));
      case "literal":
        return hostFunction(name, ["value"], (value) => `${asText(value)}::${this.dataType}`);
      case "fields":
      case "flatten":
        return name === "fields" ? structFields(this) : () => flatten(this);
      default:
        return columnClassMember(name, this.words);
    }
  }

  private canExpandTo(other: Value): boolean {
    return this.isString && other instanceof Column && other.isString && other.stringSize > this.stringSize;
  }
}

/** STRUCT(a VARCHAR, b STRUCT(...)) → its fields as columns. */
function structFields({ dtype, words }: Column): Column[] {
  const match = /^STRUCT\((.*)\)$/is.exec(dtype);
  if (!match) return [];
  const parts: string[] = [];
  let depth = 0;
  let current = "";
  for (const char of match[1] ?? "") {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) {
      parts.push(current.trim());
      current = "";
    } else current += char;
  }
  parts.push(current.trim());
  return parts.map((part) => {
    const space = part.indexOf(" ");
    return new Column(part.slice(0, space), part.slice(space + 1), words);
  });
}

function flatten(column: Column): Column[] {
  const fields = structFields(column);
  if (fields.length === 0) return [column];
  return fields.flatMap((field) => flatten(new Column(`${column.column}.${field.column}`, field.dtype, column.words)));
}

function translateType(label: string, { labels }: TypeWords): string {
  return labels[label.toUpperCase()] ?? label;
}

/** Members that the class and its instances share. */
function columnClassMember(name: string, words: TypeWords): HostFunction | undefined {
  switch (name) {
    case "translate_type":
      return hostFunction(name, ["dtype"], (dtype) => translateType(asText(dtype), words));
    case "create":
      return hostFunction(
        name,
        ["name", "label_or_dtype"],
        (column, label) => new Column(asText(column), translateType(asText(label), words), words),
      );
    case "string_type":
      return hostFunction(name, ["size"], (size) => `${words.sizedText}(${asText(size)})`);
    case "numeric_type":
      return hostFunction(name, ["dtype", "precision", "scale"], (dtype, precision, scale) =>
        precision === null || scale === null
          ? asText(dtype)
          : `${asText(dtype)}(${asText(precision)},${asText(scale)})`,
      );
    case "from_description":
      return hostFunction(name, ["name", "raw_data_type"], (column, raw) =>
        columnFromDescription(asText(column), asText(raw), words),
      );
    default:
      return undefined;
  }
}

/** A column from an engine's type text: `DECIMAL(18,3)` keeps precision and scale, `VARCHAR(10)` its size. */
export function columnFromDescription(name: string, raw: string, words: TypeWords): Column {
  const match = /^([^(]+)\((\s*\d+\s*)(?:,(\s*\d+\s*))?\)$/.exec(raw);
  const type = match?.[1] ?? raw;
  if (match === null || words.parameterised?.includes(type.trim().toLowerCase()) === false)
    return new Column(name, raw, words);
  const first = Number(match[2]);
  if (match[3] === undefined) return new Column(name, type, words, first);
  return new Column(name, type, words, null, first, Number(match[3]));
}

/** `api.Column`. */
export class ColumnClass extends PyObject {
  readonly pyType = "type";
  private readonly words: TypeWords;

  constructor(words: TypeWords) {
    super();
    this.words = words;
  }

  override getAttribute(name: string): Value | undefined {
    return columnClassMember(name, this.words);
  }

  override call(args: Value[], kwargs: Record<string, Value>): Value {
    const make = hostFunction(
      "Column",
      ["column", "dtype", "char_size?", "numeric_precision?", "numeric_scale?"],
      (column, dtype, size, precision, scale) =>
        new Column(asText(column), asText(dtype), this.words, asNumber(size), asNumber(precision), asNumber(scale)),
    );
    return make(args, kwargs);
  }
}

function asNumber(value: Value | undefined): number | null {
  return typeof value === "number" ? value : null;
}
