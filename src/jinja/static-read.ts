import type { Call, Expression, Statement } from "./ast.ts";
import { normalizeSource } from "./lexer.ts";
import { Parser } from "./parser.ts";

/**
 * Whether dbt reads a model without rendering it: nothing but text, comments and plain calls of `ref`, `source` and
 * `config` with values written out. What such a `config()` says then stands in dbt's unrendered config as values, where it
 * otherwise stands as it is written.
 */
export function isStaticallyRead(source: string): boolean {
  const text = normalizeSource(source);
  if (/\{\{[-+]|[-+]\}\}|\{%/.test(text.replaceAll(/\{#[\s\S]*?#\}/g, ""))) return false;
  const isPlain = (node: Expression): boolean => node.kind === "data" || isStatic(node, text);
  return new Parser(text).parse().every((node: Statement) => node.kind === "output" && node.items.every(isPlain));
}

function isStatic(node: Expression, text: string): boolean {
  if (node.kind === "call") return isStaticCall(node, text);
  return isNumber(node) || isValue(node, text);
}

function isStaticCall({ node, call }: Call, text: string): boolean {
  if (node.kind !== "name" || call.dynArgs !== undefined || call.dynKwargs !== undefined) return false;
  const { args, kwargs } = call;
  const names = args.every((arg) => isString(arg));
  if (node.name === "source") return args.length === 2 && kwargs.length === 0 && names;
  if (node.name === "config")
    return args.length === 0 && kwargs.length > 0 && kwargs.every((one) => isSetting(one.name, one.value, text));
  const isVersion = (one: (typeof kwargs)[number]): boolean =>
    (one.name === "v" || one.name === "version") && (isString(one.value) || isNumber(one.value));
  return node.name === "ref" && (args.length === 1 || args.length === 2) && names && kwargs.every(isVersion);
}

/** Hooks are rendered, so dbt leaves such models to Jinja. */
function isSetting(name: string, value: Expression, text: string): boolean {
  return name !== "pre_hook" && name !== "post_hook" && isValue(value, text);
}

/** Texts, Python's True and False, and lists and mappings of them. */
function isValue(node: Expression, text: string): boolean {
  if (node.kind === "list") return node.items.every((item) => isValue(item, text));
  if (node.kind === "dict") return node.items.every(({ key, value }) => isString(key) && isValue(value, text));
  if (node.kind !== "const") return false;
  return typeof node.value === "boolean" ? /^(True|False)/.test(text.slice(node.at, node.at + 5)) : isString(node);
}

function isString(node: Expression): boolean {
  return node.kind === "const" && typeof node.value === "string";
}

function isNumber(node: Expression): boolean {
  return node.kind === "const" && !isString(node) && typeof node.value !== "boolean" && node.value !== null;
}
