import { isAggregate } from "../aggregate-functions.ts";
import type { FromItems, ShapeBuilder } from "../shape-builder.ts";
import { children, isTree, list, text, type Tree } from "./tree.ts";

/** Where statements that are no query keep the relation they are about. */
const SUBJECTS: Readonly<Record<string, string>> = {
  insert: "table",
  update: "table",
  delete: "table",
  truncate: "table",
  create_table: "name",
  create_view: "name",
  alter_table: "name",
  alter_view: "name",
  drop_table: "names",
  drop_view: "name",
};
const QUERIES = ["select", "union", "intersect", "except"];
/** Names of aggregates in polyglot's tree that are not their names in SQL. */
const TYPED_AGGREGATES = new Set(["aggregate_function", "list_agg", "logical_and", "logical_or", "group_concat"]);

/** Reads one statement of polyglot's tree; throws where it holds what is not known to be read right. */
export function readPolyglotTree(statement: unknown, into: ShapeBuilder): void {
  if (!isTree(statement)) throw new Error("no statement");
  const [kind] = Object.keys(statement);
  const body = statement[kind ?? ""];
  if (kind === undefined || !isTree(body)) throw new Error("no statement");
  if (isQuery(statement)) {
    readQuery(statement, into);
    return;
  }
  if (kind === "subquery" || kind === "values") {
    readArm(statement, into);
    return;
  }
  if (kind === "describe") {
    readQueryOrTable(body.target, into);
    return;
  }
  if (kind === "pivot" || kind === "unpivot") {
    readPivot(body, into);
    return;
  }
  const subject = SUBJECTS[kind];
  if (subject === undefined && kind !== "merge") throw new Error(`a statement of kind ${kind}`);
  into.scope(() => {
    readWith(body.with, into);
    if (subject !== undefined) for (const table of [body[subject]].flat()) readTable(table, into);
    for (const [key, value] of Object.entries(body)) {
      if (key === subject || key === "with") continue;
      // The query that fills a table is the statement's own, not a subquery of it.
      if (["query", "as_select"].includes(key) && isTree(value)) readArm(value, into);
      else if (["this", "using", "from_clause", "from"].includes(key)) readQueryOrTable(value, into);
      else readExpression(value, into);
    }
  });
}

function isQuery(value: unknown): value is Tree {
  return isTree(value) && QUERIES.some((kind) => isTree(value[kind]));
}

function readQueryOrTable(value: unknown, into: ShapeBuilder): void {
  if (isQuery(value)) readQuery(value, into);
  else if (isTree(value) && isTree(value.table)) readTable(value.table, into);
  else if (typeof value === "object") for (const child of children(value)) readQueryOrTable(child, into);
}

/** `PIVOT t ON ...` as a statement keeps its table as a column. */
function readPivot(body: Tree, into: ShapeBuilder): void {
  const from: FromItems = { items: 0, relations: 0 };
  if (columnPath(body.this).length === 0) readFrom(body.this, from, into);
  else {
    from.items++;
    if (readColumnAsTable(body.this, into)) from.relations++;
  }
  readExpression([body.expressions, body.using, body.group], into);
  into.block(from);
}

/** Places where polyglot takes a relation's name for a column's. */
function readColumnAsTable(column: unknown, into: ShapeBuilder): boolean {
  return into.relation(columnPath(column), null);
}

function columnPath(value: unknown): string[] {
  if (!isTree(value)) return [];
  if (isTree(value.column)) {
    return [value.column.table, value.column.name].flatMap((part) => (isTree(part) ? [text(part.name)] : []));
  }
  if (!isTree(value.dot) || !isTree(value.dot.field)) return [];
  return [...columnPath(value.dot.this), text(value.dot.field.name)];
}

function readQuery(value: Tree, into: ShapeBuilder): void {
  into.scope(() => {
    const kind = QUERIES.find((name) => isTree(value[name])) ?? "";
    const body = value[kind] as Tree;
    readWith(body.with, into);
    if (kind === "select") {
      readBlock(body, into);
      return;
    }
    into.setOperations++;
    readArm(body.left, into);
    readArm(body.right, into);
    readOrder(body, into);
  });
}

/** An arm of a set operation, or a whole query, which parentheses may wrap: they add nothing. */
function readArm(value: unknown, into: ShapeBuilder): void {
  if (isQuery(value)) {
    readQuery(value, into);
    return;
  }
  if (isTree(value) && isTree(value.subquery)) {
    into.scope(() => {
      const inner = value.subquery as Tree;
      readWith(inner.with, into);
      readArm(inner.this, into);
      readOrder(inner, into);
    });
    return;
  }
  readExpression(value, into);
}

function readWith(value: unknown, into: ShapeBuilder): void {
  if (!isTree(value)) return;
  for (const cte of list(value.ctes)) {
    if (!isTree(cte) || !isTree(cte.alias)) throw new Error("a CTE without a name");
    into.cte(text(cte.alias.name), value.recursive === true, () => readArm(cte.this, into));
  }
}

function readOrder(body: Tree, into: ShapeBuilder): void {
  if (isTree(body.order_by)) {
    into.ordering = true;
    readExpression(body.order_by, into);
  }
}

function readBlock(body: Tree, into: ShapeBuilder): void {
  if (body.distinct === true || (body.distinct_on !== null && body.distinct_on !== undefined)) into.distinct = true;
  const from: FromItems = { items: 0, relations: 0 };
  readExpression(body.expressions, into);
  if (isTree(body.from)) for (const item of list(body.from.expressions)) readFrom(item, from, into);
  readJoins(body.joins, from, into);
  for (const [key, value] of Object.entries(body)) {
    if (!["with", "expressions", "from", "joins", "order_by"].includes(key)) readExpression(value, into);
  }
  readOrder(body, into);
  into.block(from);
}

function readJoins(joins: unknown, from: FromItems, into: ShapeBuilder): void {
  for (const join of list(joins)) {
    if (!isTree(join)) continue;
    readFrom(join.this, from, into);
    readExpression([join.on, join.match_condition], into);
  }
}

function readFrom(item: unknown, from: FromItems, into: ShapeBuilder): void {
  if (!isTree(item)) return;
  const [kind] = Object.keys(item);
  const body = item[kind ?? ""];
  if (!isTree(body)) return;
  switch (kind) {
    case "table":
      from.items++;
      if (readTable(body, into)) from.relations++;
      readJoins(body.joins, from, into);
      return;
    case "joined_table":
      readFrom(body.left, from, into);
      readJoins(body.joins, from, into);
      return;
    case "paren":
    case "alias":
      readFrom(body.this, from, into);
      return;
    case "pivot":
    case "unpivot":
      readFrom(body.this, from, into);
      readExpression({ ...body, this: null }, into);
      return;
    case "subquery":
      readDerived(body, from, into);
      return;
    default:
      from.items++;
      readExpression(item, into);
  }
}

function readDerived(body: Tree, from: FromItems, into: ShapeBuilder): void {
  const inner = body.this;
  const isJoin = isTree(inner) && (isTree(inner.table) || isTree(inner.joined_table));
  if (isJoin) {
    readFrom(inner, from, into);
    return;
  }
  from.items++;
  if (!(isTree(inner) && isTree(inner.values))) into.subqueries++;
  readArm({ subquery: body }, into);
}

function readTable(table: unknown, into: ShapeBuilder): boolean {
  if (!isTree(table)) return false;
  if (isTree(table.table)) return readTable(table.table, into);
  const parts = [table.catalog, table.schema, table.name].flatMap((part) =>
    isTree(part) && text(part.name) !== "" ? [text(part.name)] : [],
  );
  const span = isTree(table.name) && isTree(table.name.span) ? table.name.span.start : null;
  return into.relation(parts, typeof span === "number" ? span : null);
}

function readExpression(value: unknown, into: ShapeBuilder): void {
  if (!isTree(value)) {
    for (const child of children(value)) if (typeof child === "object") readExpression(child, into);
    return;
  }
  if (isQuery(value)) {
    into.subqueries++;
    readQuery(value, into);
    return;
  }
  for (const [kind, body] of Object.entries(value)) {
    if (typeof body !== "object" || body === null) continue;
    if (kind === "subquery" && isTree(body) && isTree(body.this)) {
      into.subqueries++;
      readArm({ subquery: body }, into);
    } else if (kind === "window_function" && isTree(body)) {
      into.windows++;
      readWindow(body.this, into);
      readExpression(body.over, into);
    } else if (kind === "function" && isTree(body) && body.name === "table") {
      // TABLE(t) inside the call of a table function hands it a relation.
      for (const argument of list(body.args)) if (!readColumnAsTable(argument, into)) readExpression(argument, into);
    } else {
      if (isTree(body) && isAggregateNode(kind, body)) into.aggregates++;
      readExpression(body, into);
    }
  }
}

/** The function of a window is a window, not an aggregate too. */
function readWindow(value: unknown, into: ShapeBuilder): void {
  if (!isTree(value)) return;
  for (const [kind, body] of Object.entries(value)) {
    if (
      ["ignore_nulls", "respect_nulls", "filter", "within_group"].includes(kind) &&
      isTree(body) &&
      isTree(body.this)
    ) {
      readWindow(body.this, into);
      readExpression({ ...body, this: null }, into);
    } else readExpression(body, into);
  }
}

function isAggregateNode(kind: string, body: Tree): boolean {
  if (kind === "function") return isAggregate(text(body.name)) || body.distinct === true;
  return TYPED_AGGREGATES.has(kind) || (isAggregate(kind) && !("offset" in body));
}
