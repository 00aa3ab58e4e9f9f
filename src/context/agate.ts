import { PyDict, PyObject, pyEquals, pyRepr, pyStr, tuple, type HostFunction, type Value } from "../jinja/values.ts";
import { hostFunction } from "./host-function.ts";
import { asText } from "../shared/objects.ts";

/**
 * The part of agate's Table, Row and Column that templates use. dbt hands query results to templates as agate tables;
 * names and behaviour follow https://agate.readthedocs.io (MappedSequence, Table, Row, Column).
 */
abstract class MappedSequence extends PyObject {
  abstract keys(): readonly string[];
  abstract values(): readonly Value[];

  override length(): number {
    return this.values().length;
  }

  override iterate(): Iterable<Value> {
    return this.values();
  }

  /** What is not there is undefined, as Jinja makes it of Python's IndexError and KeyError. */
  override getItem(key: Value): Value | undefined {
    const values = this.values();
    if (typeof key === "number") return values[key < 0 ? values.length + key : key];
    if (typeof key !== "string") return undefined;
    const index = this.keys().indexOf(key);
    return index < 0 ? undefined : values[index];
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "keys":
        return () => tuple(this.keys());
      case "values":
        return () => tuple(this.values());
      case "items":
        return () => this.keys().map((key, index) => tuple([key, this.values()[index] ?? null]));
      case "dict":
        return () => {
          const dict = new PyDict();
          this.keys().forEach((key, index) => dict.set(key, this.values()[index] ?? null));
          return dict;
        };
      case "get":
        return hostFunction(name, ["key", "default?"], (key, fallback) => {
          const index = this.keys().indexOf(asText(key));
          return index < 0 ? (fallback ?? null) : (this.values()[index] ?? null);
        });
      default:
        return undefined;
    }
  }

  override equals(other: Value): boolean {
    return other instanceof MappedSequence && pyEquals([...this.values()], [...other.values()]);
  }
}

export class AgateRow extends MappedSequence {
  readonly pyType = "Row";
  private readonly table: AgateTable;
  private readonly index: number;

  constructor(table: AgateTable, index: number) {
    super();
    this.table = table;
    this.index = index;
  }

  keys(): readonly string[] {
    return this.table.columnNames;
  }

  values(): readonly Value[] {
    return this.table.data.map((column) => column[this.index] ?? null);
  }

  override str(): string {
    return `<agate.Row: (${this.values().map(pyRepr).join(", ")})>`;
  }

  override repr(): string {
    return this.str();
  }
}

export class AgateColumn extends MappedSequence {
  readonly pyType = "Column";
  readonly name: string;
  private readonly cells: readonly Value[];
  private readonly dataType: Value;

  constructor(name: string, cells: readonly Value[], dataType: Value) {
    super();
    this.name = name;
    this.cells = cells;
    this.dataType = dataType;
  }

  keys(): readonly string[] {
    return [];
  }

  values(): readonly Value[] {
    return this.cells;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "name":
        return this.name;
      case "data_type":
        return this.dataType;
      case "values_distinct":
        return () => tuple(distinct(this.cells));
      case "values_without_nulls":
        return () => tuple(this.cells.filter((cell) => cell !== null));
      default:
        return super.getAttribute(name);
    }
  }

  override repr(): string {
    return `<agate.Column: (${this.cells.slice(0, 5).map(pyRepr).join(", ")}${this.cells.length > 5 ? ", ..." : ""})>`;
  }
}

function distinct(cells: readonly Value[]): Value[] {
  const seen = new PyDict();
  for (const cell of cells) seen.set(cell, null);
  return [...seen.keys()];
}

/** A named type, as `column_types` holds; only its class name is ever used. */
class AgateType extends PyObject {
  readonly pyType: string;

  constructor(name: string) {
    super();
    this.pyType = name;
  }
}

/** A sequence that is also addressed by name: `table.columns`, `table.rows`. */
class NamedSequence extends MappedSequence {
  readonly pyType = "MappedSequence";
  private readonly names: readonly string[];
  private readonly items: readonly Value[];

  constructor(names: readonly string[], items: readonly Value[]) {
    super();
    this.names = names;
    this.items = items;
  }

  keys(): readonly string[] {
    return this.names;
  }

  values(): readonly Value[] {
    return this.items;
  }
}

export class AgateTable extends PyObject {
  readonly pyType = "Table";
  readonly columnNames: readonly string[];
  /** Column-wise: data[column][row]. */
  readonly data: readonly (readonly Value[])[];
  readonly typeNames: readonly string[];
  private rowCache: AgateRow[] | null = null;
  /** Where a seed's file lies; some adapters read it. */
  originalPath: string | null = null;
  /** The cells that decide over the columns' types in the database, where the table holds fewer. */
  typedBy: readonly (readonly Value[])[] | null = null;

  constructor(columnNames: readonly string[], data: readonly (readonly Value[])[], typeNames: readonly string[] = []) {
    super();
    this.columnNames = columnNames;
    this.data = data;
    this.typeNames = columnNames.map((_, index) => typeNames[index] ?? "Text");
  }

  static empty(): AgateTable {
    return new AgateTable([], []);
  }

  get rowCount(): number {
    return this.data[0]?.length ?? 0;
  }

  rows(): AgateRow[] {
    this.rowCache ??= Array.from({ length: this.rowCount }, (_, index) => new AgateRow(this, index));
    return this.rowCache;
  }

  columns(): AgateColumn[] {
    return this.columnNames.map((name, index) => new AgateColumn(name, this.data[index] ?? [], this.typeOf(index)));
  }

  private typeOf(index: number): AgateType {
    return new AgateType(this.typeNames[index] ?? "Text");
  }

  select(names: readonly string[]): AgateTable {
    const indexes = names.map((name) => this.columnNames.indexOf(name));
    return new AgateTable(
      names,
      indexes.map((index) => this.data[index] ?? []),
      indexes.map((index) => this.typeNames[index] ?? "Text"),
    );
  }

  override iterate(): Iterable<Value> {
    return this.rows();
  }

  override length(): number {
    return this.rowCount;
  }

  override getItem(key: Value): Value | undefined {
    if (typeof key !== "number") return typeof key === "string" ? this.getAttribute(key) : undefined;
    return this.rows()[key < 0 ? this.rowCount + key : key];
  }

  override repr(): string {
    return "<agate.table.Table object>";
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "columns":
        return new NamedSequence(this.columnNames, this.columns());
      case "rows":
        return new NamedSequence([], this.rows());
      case "column_names":
        return tuple(this.columnNames);
      case "column_types":
        return tuple(this.columnNames.map((_, index) => this.typeOf(index)));
      case "original_abspath":
        return this.originalPath;
      default:
        return this.method(name);
    }
  }

  private method(name: string): HostFunction | undefined {
    switch (name) {
      case "select":
        return hostFunction(name, ["key"], (key) => this.select(nameList(key)));
      case "exclude":
        return hostFunction(name, ["key"], (key) => {
          const excluded = new Set(nameList(key));
          return this.select(this.columnNames.filter((column) => !excluded.has(column)));
        });
      case "rename":
        return hostFunction(name, ["column_names?"], (names) => this.rename(names ?? null));
      case "limit":
        return hostFunction(name, ["start_or_stop?"], (stop) =>
          this.slice(typeof stop === "number" ? stop : this.rowCount),
        );
      case "where":
        return hostFunction(name, ["test"], (test) => this.where(test as HostFunction));
      case "print_table":
        return () => null;
      case "to_json":
        return () => null;
      default:
        return undefined;
    }
  }

  private rename(names: Value): AgateTable {
    const renamed =
      names instanceof PyDict
        ? this.columnNames.map((column) => pyStr(names.get(column) ?? column))
        : this.columnNames.map((column, index) => (Array.isArray(names) ? pyStr(names[index] ?? column) : column));
    return new AgateTable(renamed, this.data, this.typeNames);
  }

  private slice(stop: number): AgateTable {
    return new AgateTable(
      this.columnNames,
      this.data.map((column) => column.slice(0, stop)),
      this.typeNames,
    );
  }

  private where(test: HostFunction): AgateTable {
    const kept = this.rows().flatMap((row, index) => (test([row], {}) === true ? [index] : []));
    return new AgateTable(
      this.columnNames,
      this.data.map((column) => kept.map((index) => column[index] ?? null)),
      this.typeNames,
    );
  }
}

function nameList(key: Value | undefined): string[] {
  return typeof key === "string" ? [key] : Array.isArray(key) ? key.map((name) => pyStr(name)) : [];
}
