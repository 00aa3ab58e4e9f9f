import { isAggregate } from "../aggregate-functions.ts";
import type { FromItems, ShapeBuilder } from "../shape-builder.ts";
import { children, isTree, list, text, type Tree } from "./tree.ts";

/** Reads what json_serialize_sql gives for one statement. */
export function readDuckDbTree(statement: unknown, into: ShapeBuilder): void {
  if (!isTree(statement) || !isTree(statement.node)) throw new Error("a statement without a query");
  readQuery(statement.node, into);
}

function readQuery(node: Tree, into: ShapeBuilder): void {
  into.scope(() => {
    readCtes(node.cte_map, into);
    readModifiers(node.modifiers, into);
    switch (node.type) {
      case "SET_OPERATION_NODE":
        readSetOperation(node, into);
        return;
      case "RECURSIVE_CTE_NODE":
        readSetOperation({ children: [node.left, node.right] }, into);
        return;
      case "SELECT_NODE":
        readBlock(node, into);
        return;
      default:
        throw new Error(`a query node of type ${text(node.type)}`);
    }
  });
}

function readCtes(map: unknown, into: ShapeBuilder): void {
  for (const entry of list(isTree(map) ? map.map : null)) {
    if (!isTree(entry) || !isTree(entry.value)) continue;
    const query = isTree(entry.value.query) && isTree(entry.value.query.node) ? entry.value.query.node : null;
    // DuckDB has no word for WITH RECURSIVE in the tree; a query that refers to itself is a node of its own.
    into.cte(text(entry.key), query?.type === "RECURSIVE_CTE_NODE", () => {
      if (query !== null) readQuery(query, into);
    });
  }
}

function readModifiers(modifiers: unknown, into: ShapeBuilder): void {
  for (const modifier of list(modifiers)) {
    if (!isTree(modifier)) continue;
    if (modifier.type === "ORDER_MODIFIER") into.ordering = true;
    if (modifier.type === "DISTINCT_MODIFIER") into.distinct = true;
    readExpression(Object.values(modifier), into);
  }
}

function readSetOperation(node: Tree, into: ShapeBuilder): void {
  const arms = Array.isArray(node.children) ? list(node.children) : [node.left, node.right];
  into.setOperations += arms.length - 1;
  for (const arm of arms) if (isTree(arm)) readQuery(arm, into);
}

const BLOCK_PARTS = [
  "select_list",
  "where_clause",
  "group_expressions",
  "having",
  "qualify",
  "sample",
] as const satisfies readonly string[];

function readBlock(node: Tree, into: ShapeBuilder): void {
  // VALUES comes as a SELECT * from a list of rows, and is no block.
  if (isValues(node)) {
    readExpression(isTree(node.from_table) ? node.from_table.values : null, into);
    return;
  }
  const from: FromItems = { items: 0, relations: 0 };
  readFrom(node.from_table, from, into);
  for (const part of BLOCK_PARTS) readExpression(node[part], into);
  into.block(from);
}

function isValues(node: Tree): boolean {
  return isTree(node.from_table) && node.from_table.type === "EXPRESSION_LIST" && node.where_clause === undefined;
}

function readFrom(item: unknown, from: FromItems, into: ShapeBuilder): void {
  if (!isTree(item)) return;
  switch (item.type) {
    case "EMPTY":
      return;
    case "JOIN":
      readFrom(item.left, from, into);
      readFrom(item.right, from, into);
      readExpression(item.condition, into);
      return;
    case "PIVOT":
      readFrom(item.source, from, into);
      readExpression([item.aggregates, item.pivots], into);
      return;
    case "BASE_TABLE": {
      from.items++;
      const parts = [item.catalog_name, item.schema_name, item.table_name].map(text).filter((part) => part !== "");
      const position = typeof item.query_location === "number" ? item.query_location : null;
      if (into.relation(parts, position)) from.relations++;
      return;
    }
    case "SUBQUERY":
      from.items++;
      readSubquery(item.subquery, into);
      return;
    default:
      from.items++;
      readExpression(Object.values(item), into);
  }
}

function readSubquery(value: unknown, into: ShapeBuilder): void {
  if (!isTree(value) || !isTree(value.node)) return;
  if (!(value.node.type === "SELECT_NODE" && isValues(value.node))) into.subqueries++;
  readQuery(value.node, into);
}

function readExpression(value: unknown, into: ShapeBuilder): void {
  if (isTree(value)) {
    if (value.class === "SUBQUERY") {
      readSubquery(value.subquery, into);
      readExpression(value.child, into);
      return;
    }
    if (value.class === "WINDOW") into.windows++;
    if (value.class === "FUNCTION" && isAggregateCall(value)) into.aggregates++;
  }
  for (const child of children(value)) if (typeof child === "object") readExpression(child, into);
}

function isAggregateCall(call: Tree): boolean {
  return call.filter !== undefined || call.distinct === true || isAggregate(text(call.function_name));
}
