/** DuckDB types that Iceberg has under another name or size; null: it has nothing that holds them. */
const STORED_AS: Readonly<Record<string, string | null>> = {
  TINYINT: "INTEGER",
  SMALLINT: "INTEGER",
  UTINYINT: "INTEGER",
  USMALLINT: "INTEGER",
  UINTEGER: "BIGINT",
  UBIGINT: "DECIMAL(20,0)",
  HUGEINT: "DECIMAL(38,0)",
  UHUGEINT: "DECIMAL(38,0)",
  JSON: "VARCHAR",
  ENUM: "VARCHAR",
  BIT: "VARCHAR",
  TIMESTAMP_S: "TIMESTAMP",
  TIMESTAMP_MS: "TIMESTAMP",
  TIMESTAMP_NS: "TIMESTAMP",
  TIME_NS: "TIME",
  INTERVAL: null,
  "TIME WITH TIME ZONE": null,
  UNION: null,
  BIGNUM: null,
  VARINT: null,
};

/**
 * The type under which an Iceberg table (format 2) keeps a column of a DuckDB type, both as DuckDB writes them; null
 * where there is none. Source: https://iceberg.apache.org/spec/#schemas-and-data-types
 */
export function icebergType(type: string): string | null {
  const reader = new TypeReader(type);
  return reader.read();
}

class TypeReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): string | null {
    let type = this.base();
    for (let suffix = this.take(/\[\d*\]/y); suffix !== null; suffix = this.take(/\[\d*\]/y))
      type = type === null ? null : `${type}[]`;
    return type;
  }

  private base(): string | null {
    const word = (this.take(/[A-Za-z_][A-Za-z0-9_]*(?: WITH TIME ZONE)?/y) ?? "").toUpperCase();
    if (word === "STRUCT") return this.list("STRUCT", () => this.field());
    if (word === "MAP") return this.list("MAP", () => this.read());
    const size = this.take(/\((?:'(?:[^']|'')*'|[^()'])*\)/y) ?? "";
    const stored = STORED_AS[word];
    return stored === undefined ? `${word}${size}` : stored;
  }

  private field(): string | null {
    const name = this.take(/\s*(?:"(?:[^"]|"")*"|[^\s"]+)\s/y)?.trim() ?? "";
    const type = this.read();
    return type === null ? null : `${name} ${type}`;
  }

  /** A part that nothing holds makes the whole unfit; it is read to its end all the same. */
  private list(word: string, part: () => string | null): string | null {
    this.take(/\(/y);
    const parts = [part()];
    while (this.take(/,\s*/y) !== null) parts.push(part());
    this.take(/\)/y);
    return parts.includes(null) ? null : `${word}(${parts.join(", ")})`;
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }
}
