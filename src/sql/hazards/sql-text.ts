import { isWord, type Token } from "../tokens.ts";

/** Tokens from (inclusive) to (exclusive), by their number in the text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Call {
  readonly name: string;
  readonly at: number;
  readonly args: readonly Range[];
}

export interface Cast {
  readonly at: number;
  readonly value: Range;
  /** In small letters, without blanks: `timestamp(6)`, `timestampwithtimezone`. */
  readonly type: string;
  /** TRY_CAST: what does not fit is NULL instead of an error. */
  readonly lenient: boolean;
}

/** Words before a parenthesis that call nothing. */
const NO_CALLS = new Set(
  `in and or not as on using select from where case when then else by over filter values exists any all some union except
  intersect with distinct between is like ilike having limit offset array row join lateral table group order window qualify
  recursive materialized within interval cast try_cast end return set into`.split(/\s+/),
);
/** Words that a typed literal begins with: DATE '2024-01-01'. */
const LITERAL_TYPES = ["date", "timestamp", "time", "interval", "json", "decimal", "double", "char", "varchar", "uuid"];

/** The tokens of one statement with what can be told of them without a grammar: brackets, calls, casts, operands. */
export class SqlText {
  readonly tokens: readonly Token[];
  readonly calls: readonly Call[];
  readonly casts: readonly Cast[];
  private readonly partners = new Map<number, number>();
  private readonly callsByPlace: ReadonlyMap<number, Call>;
  private columns?: ReadonlyMap<string, readonly Range[]>;
  private readonly castsByStart = new Map<number, Cast[]>();

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    this.pairBrackets();
    this.calls = tokens.flatMap((_, at) => this.callAt(at) ?? []);
    this.casts = tokens.flatMap((_, at) => this.castAt(at) ?? []);
    this.callsByPlace = new Map(this.calls.map((call) => [call.at, call]));
    for (const cast of this.casts) {
      const start = this.sign(cast.at, "::") ? cast.value.from : cast.at;
      this.castsByStart.set(start, [...(this.castsByStart.get(start) ?? []), cast]);
    }
  }

  /** The call that a whole range consists of. */
  callOver({ from, to }: Range): Call | undefined {
    return this.partner(from + 1) === to - 1 ? this.callsByPlace.get(from) : undefined;
  }

  /** The cast that a whole range consists of. */
  castOver({ from, to }: Range): Cast | undefined {
    return this.castsByStart.get(from)?.find((cast) => this.castEnd(cast.at) === to);
  }

  castEnd(at: number): number {
    return this.sign(at, "::") ? this.typeEnd(at + 1) : (this.partner(at + 1) ?? at) + 1;
  }

  /** The bracket that belongs to the one at this place. */
  partner(at: number): number | undefined {
    return this.partners.get(at);
  }

  is(at: number, ...words: readonly string[]): boolean {
    return isWord(this.tokens[at], ...words);
  }

  sign(at: number, ...signs: readonly string[]): boolean {
    const token = this.tokens[at];
    return token?.kind === "sign" && signs.includes(token.text);
  }

  slice({ from, to }: Range): readonly Token[] {
    return this.tokens.slice(from, to);
  }

  /** The one token that a range consists of. */
  only(range: Range | undefined): Token | undefined {
    return range !== undefined && range.to - range.from === 1 ? this.tokens[range.from] : undefined;
  }

  /** The operand that ends before a place: a literal, a name, a call, something in parentheses, with its casts. */
  operandBefore(end: number): Range {
    let from = end - 1;
    const type = this.typeBefore(end);
    if (type !== null) return { from: this.operandBefore(type).from, to: end };
    if (this.sign(from, "}") && this.partner(from) !== undefined) {
      from = this.partner(from) ?? from;
      return { from: this.is(from - 1, "map") ? from - 1 : from, to: end };
    }
    const open = this.sign(from, ")", "]") ? this.partner(from) : undefined;
    if (open !== undefined) {
      const name = this.tokens[open - 1];
      from = open;
      if (this.sign(open, "[") && this.mayEndOperand(open - 1)) from = this.operandBefore(open).from;
      else if (this.sign(open, "[")) from = this.is(open - 1, "array") ? open - 1 : open;
      else if (this.is(open - 1, "over", "filter") && this.sign(open - 2, ")"))
        from = this.operandBefore(open - 1).from;
      else if (
        name?.kind === "word" &&
        (!NO_CALLS.has(name.text.toLowerCase()) || this.is(open - 1, "cast", "try_cast", "array"))
      )
        from = open - 1;
    } else if (this.tokens[from]?.kind === "string" && this.is(from - 1, ...LITERAL_TYPES)) from--;
    else if (this.is(from, "end")) from = this.caseBefore(from);
    while (this.sign(from - 1, ".")) from -= 2;
    return { from: Math.max(0, from), to: end };
  }

  /** The operand that begins at a place. */
  operandAfter(start: number): Range {
    let to = start;
    while (this.sign(to, "-", "+")) to++;
    if (this.is(to, ...LITERAL_TYPES) && this.tokens[to + 1]?.kind === "string") to += 2;
    else if (this.is(to, "array") && this.sign(to + 1, "[")) to = (this.partner(to + 1) ?? to) + 1;
    else if (this.sign(to, "(", "[")) to = (this.partner(to) ?? to) + 1;
    else {
      to++;
      while (this.sign(to, ".")) to += 2;
      if (this.sign(to, "(")) to = this.callEnd((this.partner(to) ?? to) + 1);
    }
    while (this.sign(to, "::", "[")) to = this.sign(to, "[") ? (this.partner(to) ?? to) + 1 : this.typeEnd(to + 1);
    return { from: start, to };
  }

  /** What VALUES lists for the column that is named at a place, where the statement reads nothing else; null where it does. */
  valuesOf(at: number): readonly Range[] | null {
    const token = this.tokens[at];
    if (token?.kind !== "word") return null;
    this.columns ??= this.valueColumns();
    return this.columns.get(token.text.toLowerCase()) ?? null;
  }

  /** The columns of `FROM (VALUES …) t(a, b)`, if every FROM and JOIN is one and no other name hides them. */
  private valueColumns(): Map<string, readonly Range[]> {
    const columns = new Map<string, Range[]>();
    for (let at = 0; at < this.tokens.length; at++) {
      if (!this.is(at, "from", "join") || this.is(at - 1, "distinct") || this.callHolds(at)) continue;
      // What we put beside the tables ourselves has no columns but the named ones.
      if (this.is(at + 1, "lateral") && /^dh_names/.test(this.tokens[(this.partner(at + 2) ?? at) + 2]?.text ?? ""))
        continue;
      const close = this.partner(at + 1);
      const open = this.is((close ?? at) + 1, "as") ? (close ?? at) + 3 : (close ?? at) + 2;
      const end = this.partner(open);
      if (close === undefined || end === undefined || !this.is(at + 2, "values")) return new Map();
      const names = this.split({ from: open + 1, to: end });
      const rows = this.split({ from: at + 3, to: close });
      for (const [i, name] of names.entries()) {
        const key = this.tokens[name.from]?.text.toLowerCase() ?? "";
        if (columns.has(key) || this.isGiven(key)) return new Map();
        columns.set(
          key,
          rows.flatMap((row) => this.rowValues(row)[i] ?? []),
        );
      }
      if (
        !this.is(end + 1, "where", "order", "group", "limit", "having", "join", "cross", "on", "window") &&
        end + 1 < this.tokens.length &&
        !this.sign(end + 1, ")")
      )
        return new Map();
    }
    return columns;
  }

  private rowValues(row: Range): readonly Range[] {
    return this.sign(row.from, "(") && this.partner(row.from) === row.to - 1
      ? this.split({ from: row.from + 1, to: row.to - 1 })
      : [row];
  }

  /** Whether AS gives this name to something, or a lambda's argument has it. */
  private isGiven(name: string): boolean {
    return this.tokens.some(
      (token, at) =>
        token.text.toLowerCase().replaceAll('"', "") === name && (this.is(at - 1, "as") || this.sign(at + 1, "->")),
    );
  }

  /** Whether a FROM belongs to EXTRACT, SUBSTRING or TRIM. */
  private callHolds(at: number): boolean {
    for (let open = at - 1; open >= 0; open--) {
      if (this.sign(open, ")", "]")) open = this.partner(open) ?? open;
      else if (this.sign(open, "(")) return this.is(open - 1, "extract", "substring", "substr", "trim");
    }
    return false;
  }

  /** Whether what stands here may be what a bracket takes an element of. */
  private mayEndOperand(at: number): boolean {
    const token = this.tokens[at];
    if (token?.kind === "word") return !NO_CALLS.has(token.text.toLowerCase()) || this.is(at, "end");
    return token?.kind === "name" || token?.kind === "string" || this.sign(at, ")", "]", "}");
  }

  /** The end of a call whose parenthesis ends here: FILTER and OVER are parts of it. */
  private callEnd(end: number): number {
    let to = end;
    while (this.is(to, "filter", "over") || (this.is(to, "within") && this.is(to + 1, "group"))) {
      const open = this.is(to, "within") ? to + 2 : to + 1;
      to = this.sign(open, "(") ? (this.partner(open) ?? open) + 1 : open + 1;
    }
    return to;
  }

  private pairBrackets(): void {
    const open: number[] = [];
    this.tokens.forEach((_, at) => {
      if (this.sign(at, "(", "[", "{")) open.push(at);
      if (!this.sign(at, ")", "]", "}")) return;
      const partner = open.pop();
      if (partner === undefined) return;
      this.partners.set(at, partner).set(partner, at);
    });
  }

  private callAt(at: number): Call | null {
    const token = this.tokens[at];
    if (token?.kind !== "word" || !this.sign(at + 1, "(")) return null;
    const name = token.text.toLowerCase();
    const close = this.partner(at + 1);
    if (NO_CALLS.has(name) || close === undefined) return null;
    return { name, at, args: this.split({ from: at + 2, to: close }) };
  }

  /** The parts between commas. */
  split({ from, to }: Range): Range[] {
    const parts: Range[] = [];
    let start = from;
    for (let at = from; at < to; at++) {
      if (this.sign(at, "(", "[", "{")) at = this.partner(at) ?? at;
      else if (this.sign(at, ",")) {
        parts.push({ from: start, to: at });
        start = at + 1;
      }
    }
    if (start < to) parts.push({ from: this.is(start, "distinct") ? start + 1 : start, to });
    return parts;
  }

  private castAt(at: number): Cast | null {
    if (this.sign(at, "::")) {
      const type = this.typeText({ from: at + 1, to: this.typeEnd(at + 1) });
      return { at, value: this.operandBefore(at), type, lenient: false };
    }
    const close = this.partner(at + 1);
    if (!this.is(at, "cast", "try_cast") || close === undefined) return null;
    let as = close - 1;
    for (; as > at + 1; as--) {
      if (this.sign(as, ")", "]")) as = this.partner(as) ?? as;
      else if (this.is(as, "as")) break;
    }
    const value = { from: at + 2, to: as };
    return { at, value, type: this.typeText({ from: as + 1, to: close }), lenient: this.is(at, "try_cast") };
  }

  private typeText(range: Range): string {
    return this.slice(range)
      .map((token) => token.text.toLowerCase())
      .join("");
  }

  private typeEnd(start: number): number {
    let to = start + 1;
    if (this.is(start, "double") && this.is(to, "precision")) to++;
    if (this.sign(to, "(")) to = (this.partner(to) ?? to) + 1;
    if (this.is(to, "with", "without") && this.is(to + 1, "time")) to += 3;
    while (this.sign(to, "[") && this.sign(to + 1, "]")) to += 2;
    return to;
  }

  /** The `::` of a cast whose type ends here. */
  private typeBefore(end: number): number | null {
    for (let at = end - 2; at >= Math.max(0, end - 9); at--) {
      if (this.sign(at, "::")) return this.typeEnd(at + 1) === end ? at : null;
    }
    return null;
  }

  private caseBefore(end: number): number {
    let depth = 0;
    for (let at = end; at >= 0; at--) {
      if (this.is(at, "end")) depth++;
      if (this.is(at, "case") && --depth === 0) return at;
    }
    return end;
  }
}
