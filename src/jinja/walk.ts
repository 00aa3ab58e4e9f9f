import type { CallBlock, Expression, Macro, Statement } from "./ast.ts";
import { forEachChild } from "./symbols.ts";

/** What a walk over a template reports, in Jinja2's order. */
export interface Visitor {
  load?(name: string): void;
  store?(name: string, parameter: boolean): void;
  /** Called before the parts of an expression are visited. */
  expression?(node: Expression): void;
  /** Answer false to skip the statement. */
  statement?(node: Statement): boolean;
}

function walkTarget(target: Expression, visitor: Visitor, parameter: boolean): void {
  if (target.kind === "name") visitor.store?.(target.name, parameter);
  else if (target.kind === "tuple") for (const item of target.items) walkTarget(item, visitor, parameter);
}

export function walkExpression(node: Expression, visitor: Visitor): void {
  visitor.expression?.(node);
  if (node.kind === "name") visitor.load?.(node.name);
  else forEachChild(node, (child) => walkExpression(child, visitor));
}

export function walkStatements(statements: readonly Statement[], visitor: Visitor): void {
  for (const statement of statements) walkStatement(statement, visitor);
}

function walkAll(nodes: readonly (Expression | undefined)[], visitor: Visitor): void {
  for (const node of nodes) if (node !== undefined) walkExpression(node, visitor);
}

function walkSignature(node: Macro | CallBlock, visitor: Visitor): void {
  for (const param of node.params) visitor.store?.(param.name, true);
  walkAll(
    node.params.map((param) => param.defaultValue),
    visitor,
  );
}

export function walkStatement(node: Statement, visitor: Visitor): void {
  if (visitor.statement?.(node) === false) return;
  switch (node.kind) {
    case "output":
      walkAll(node.items, visitor);
      return;
    case "set":
      walkTarget(node.target, visitor, false);
      walkExpression(node.value, visitor);
      return;
    case "setblock":
      walkTarget(node.target, visitor, false);
      walkAll([node.filter], visitor);
      break;
    case "for":
      walkTarget(node.target, visitor, false);
      walkExpression(node.iterable, visitor);
      walkStatements(node.body, visitor);
      walkStatements(node.otherwise, visitor);
      walkAll([node.test], visitor);
      return;
    case "if":
      for (const branch of node.branches) {
        walkExpression(branch.test, visitor);
        walkStatements(branch.body, visitor);
      }
      walkStatements(node.otherwise, visitor);
      return;
    case "with":
      for (const target of node.targets) walkTarget(target, visitor, true);
      walkAll(node.values, visitor);
      break;
    case "autoescape":
    case "do":
      walkExpression(node.value, visitor);
      if (node.kind === "do") return;
      break;
    case "loading":
      walkExpression(node.template, visitor);
      return;
    case "macro":
      walkSignature(node, visitor);
      break;
    case "callblock":
      walkExpression(node.call, visitor);
      walkSignature(node, visitor);
      break;
    case "filterblock":
      walkStatements(node.body, visitor);
      walkExpression(node.filter, visitor);
      return;
    case "block":
      break;
    case "break":
    case "continue":
      return;
  }
  walkStatements(node.body, visitor);
}

/** Which of the names are read in the statements without having been set there before. */
export function findUndeclared(statements: readonly Statement[], names: readonly string[]): Set<string> {
  const open = new Set(names);
  const found = new Set<string>();
  walkStatements(statements, {
    load: (name) => {
      if (open.has(name)) found.add(name);
    },
    store: (name) => open.delete(name),
    statement: (node) => node.kind !== "block",
  });
  return found;
}

/** Whether the statements assign to the name anywhere. */
export function assigns(statements: readonly Statement[], name: string): boolean {
  let found = false;
  walkStatements(statements, {
    store: (stored, parameter) => {
      if (stored === name && !parameter) found = true;
    },
  });
  return found;
}
