import type { QueryShape } from "../contracts/query-shape.ts";

/**
 * What one of each costs. A plain select of one table stays under 1, three joins with nothing else under 5, and four relations
 * with two aggregates over it: the limit of the router. `docs/sql.md` holds the same table.
 */
const WEIGHTS = {
  statement: 0.2,
  join: 1.2,
  aggregate: 0.8,
  window: 1,
  subquery: 0.8,
  cte: 0.5,
  set_operation: 0.6,
  distinct: 0.4,
  ordering: 0.3,
} as const;

/** The FROM of one query block: how many of its items are relations. */
export interface FromItems {
  items: number;
  relations: number;
}

/** Collects what a reader's tree says. It owns the rules that all trees share: CTE scopes, unique names, counts, weights. */
export class ShapeBuilder {
  aggregates = 0;
  windows = 0;
  subqueries = 0;
  ctes = 0;
  setOperations = 0;
  distinct = false;
  ordering = false;
  /** Query blocks, so that a reader can be checked against the text. */
  blocks = 0;
  joins = 0;
  /** Where the text names relations, as the reader counts; readers without places leave it empty. */
  readonly references: number[] = [];
  private joinedTables = 0;
  private readonly tables = new Map<string, { readonly name: string; readonly position: number }>();
  private readonly scopes: Set<string>[] = [];

  /** Names of CTEs declared inside end with it. */
  scope(body: () => void): void {
    this.scopes.push(new Set());
    body();
    this.scopes.pop();
  }

  /** A CTE: its own name is seen in its body only where it is recursive, and after it by what follows in the scope. */
  cte(name: string, recursive: boolean, body: () => void): void {
    this.ctes++;
    const scope = this.scopes.at(-1);
    if (recursive) scope?.add(name.toLowerCase());
    body();
    scope?.add(name.toLowerCase());
  }

  /** Takes a name in a FROM; true if it is a relation rather than a CTE. `position` puts tables in the order of the text. */
  relation(parts: readonly string[], position: number | null): boolean {
    const [first] = parts;
    if (first === undefined) return false;
    if (parts.length === 1 && this.scopes.some((scope) => scope.has(first.toLowerCase()))) return false;
    if (position !== null) this.references.push(position);
    const name = parts.join(".");
    const key = name.toLowerCase();
    const known = this.tables.get(key);
    const at = position ?? this.tables.size;
    if (known === undefined || known.position > at) this.tables.set(key, { name, position: at });
    return true;
  }

  /** Ends a query block with what its FROM held. */
  block(from: FromItems): void {
    this.blocks++;
    this.joins += Math.max(0, from.items - 1);
    this.joinedTables = Math.max(this.joinedTables, from.relations);
  }

  shape(reader: string, statement: string): QueryShape {
    const { aggregates, windows, subqueries, ctes, distinct, ordering } = this;
    const complexity =
      WEIGHTS.statement +
      this.joins * WEIGHTS.join +
      aggregates * WEIGHTS.aggregate +
      windows * WEIGHTS.window +
      subqueries * WEIGHTS.subquery +
      ctes * WEIGHTS.cte +
      this.setOperations * WEIGHTS.set_operation +
      (distinct ? WEIGHTS.distinct : 0) +
      (ordering ? WEIGHTS.ordering : 0);
    return {
      known: true,
      unknown_reason: null,
      reader,
      statement,
      tables: [...this.tables.values()].sort((a, b) => a.position - b.position).map(({ name }) => name),
      joined_tables: this.joinedTables,
      aggregates,
      windows,
      subqueries,
      ctes,
      set_operations: this.setOperations,
      distinct,
      ordering,
      complexity: Math.round(complexity * 100) / 100,
    };
  }
}

/** The answer where no reader can be trusted: its counts are unknown, never 0. */
export function unknownShape(reason: string, statement: string | null): QueryShape {
  return {
    known: false,
    unknown_reason: reason,
    reader: null,
    statement,
    tables: [],
    joined_tables: null,
    aggregates: null,
    windows: null,
    subqueries: null,
    ctes: null,
    set_operations: null,
    distinct: null,
    ordering: null,
    complexity: null,
  };
}
