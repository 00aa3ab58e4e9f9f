import { isAggregate } from "../aggregate-functions.ts";
import type { FromItems, ShapeBuilder } from "../shape-builder.ts";
import { isWord, type Token } from "../tokens.ts";
import { children, isTree, list, text, type Tree } from "./tree.ts";

/** Reads one query of node-sql-parser's tree; throws where it holds what is not known to be read right. */
export function readPostgresTree(statement: unknown, tokens: readonly Token[], into: ShapeBuilder): void {
  if (!isTree(statement) || statement.type !== "select") throw new Error("no query");
  readQuery(statement, into);
  checkAgainstText(tokens, into);
}

/**
 * node-sql-parser drops parts of some texts without a word: tables after a comma that follows a JOIN, arms of set operations in
 * parentheses. What it says is taken only if the text has as many blocks, joins, set operations and windows.
 */
function checkAgainstText(tokens: readonly Token[], shape: ShapeBuilder): void {
  const count = (...words: string[]) => tokens.filter((token) => isWord(token, ...words)).length;
  const agree =
    count("select") === shape.blocks &&
    count("union", "intersect", "except") === shape.setOperations &&
    count("over") === shape.windows &&
    count("join") <= shape.joins;
  if (!agree) throw new Error("it lost a part of the text");
}

/** Whether a text is of a kind that node-sql-parser is known to read wrongly. */
export function isRisky(tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.kind === "string" && /^\$|\\/.test(token.text)) || mixes(tokens);
}

/** Whether one FROM holds both commas and JOIN; too often rather than too seldom. */
function mixes(tokens: readonly Token[]): boolean {
  interface Level {
    inFrom: boolean;
    comma: boolean;
    join: boolean;
  }
  const levels: Level[] = [{ inFrom: false, comma: false, join: false }];
  for (const token of tokens) {
    if (token.text === "(") levels.push({ inFrom: false, comma: false, join: false });
    else if (token.text === ")") levels.pop();
    const level = levels.at(-1);
    if (level === undefined) return true;
    if (isWord(token, "from")) Object.assign(level, { inFrom: true, comma: false, join: false });
    else if (isWord(token, "where", "group", "having", "order", "union", "intersect", "except", "select", "window")) {
      level.inFrom = false;
    }
    if (!level.inFrom) continue;
    if (token.text === ",") level.comma = true;
    if (isWord(token, "join")) level.join = true;
    if (level.comma && level.join) return true;
  }
  return false;
}

function readQuery(node: Tree, into: ShapeBuilder): void {
  into.scope(() => {
    for (const cte of list(node.with)) {
      if (!isTree(cte) || !isTree(cte.name)) throw new Error("a CTE without a name");
      into.cte(
        text(cte.name.value),
        list(node.with).some((one) => isTree(one) && one.recursive === true),
        () => {
          const query = isTree(cte.stmt) && isTree(cte.stmt.ast) ? cte.stmt.ast : cte.stmt;
          if (!isTree(query) || query.type !== "select") throw new Error("a CTE that is no query");
          readQuery(query, into);
        },
      );
    }
    readArms(node, into);
  });
}

function readArms(node: Tree, into: ShapeBuilder): void {
  readBlock(node, into);
  if (!isTree(node._next)) return;
  into.setOperations++;
  if (node._next.type !== "select") throw new Error("an arm that is no query");
  readQuery(node._next, into);
}

function readBlock(node: Tree, into: ShapeBuilder): void {
  if (isTree(node.distinct) && node.distinct.type !== null) into.distinct = true;
  const from: FromItems = { items: 0, relations: 0 };
  readExpression(node.columns, into);
  readFromList(node.from, from, into);
  for (const part of ["where", "groupby", "having", "window", "limit", "qualify"]) readExpression(node[part], into);
  if (node.orderby !== null && node.orderby !== undefined) {
    into.ordering = true;
    readExpression(node.orderby, into);
  }
  into.block(from);
}

function readFromList(value: unknown, from: FromItems, into: ShapeBuilder): void {
  for (const item of list(value)) {
    if (!isTree(item)) continue;
    if (item.join !== undefined && item.join !== null && !/join$/i.test(text(item.join))) {
      throw new Error(`${text(item.join)} as a join`);
    }
    readFromItem(item, from, into);
    readExpression(item.on, into);
  }
}

function readFromItem(item: Tree, from: FromItems, into: ShapeBuilder): void {
  const source = item.expr;
  if (isTree(source) && source.type === "tables") {
    readFromList(source.expr, from, into);
    return;
  }
  from.items++;
  if (isTree(source)) {
    if (source.type !== "values") {
      readExpression(source, into);
      return;
    }
    readExpression(source.values, into);
    return;
  }
  if (typeof item.table !== "string") throw new Error("an item of FROM that is not known");
  const parts = [item.db, item.schema, item.table].map(text).filter((part) => part !== "");
  if (into.relation(parts, null)) from.relations++;
}

function readExpression(value: unknown, into: ShapeBuilder): void {
  if (isTree(value)) {
    if (isTree(value.ast)) {
      if (value.ast.type !== "select") throw new Error("a subquery that is no query");
      into.subqueries++;
      readQuery(value.ast, into);
      return;
    }
    if (value.type === "select") throw new Error("a query at an unknown place");
    countCall(value, into);
  }
  for (const child of children(value)) if (typeof child === "object") readExpression(child, into);
}

function countCall(call: Tree, into: ShapeBuilder): void {
  if (isTree(call.over)) into.windows++;
  else if (call.type === "aggr_func") into.aggregates++;
  else if (call.type === "function" && isTree(call.name)) {
    const parts = list(call.name.name);
    const last = parts.at(-1);
    if (isTree(last) && isAggregate(text(last.value))) into.aggregates++;
  }
}
