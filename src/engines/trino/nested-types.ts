/** Trino's types as trees, by the text of information_schema. Field names stand unquoted there, also those with blanks. */
type TypeTree =
  | { readonly kind: "row"; readonly fields: readonly Field[] }
  | { readonly kind: "array"; readonly element: TypeTree }
  | { readonly kind: "map"; readonly key: TypeTree; readonly value: TypeTree }
  | { readonly kind: "plain"; readonly text: string };
interface Field {
  readonly name: string;
  readonly type: TypeTree;
}

/** What makes one type into another, innermost place by place; each place is quoted for ALTER TABLE. */
export interface NestedChanges {
  readonly added: { place: string; type: string }[];
  readonly removed: { place: string }[];
  readonly retyped: { place: string; type: string }[];
}

const PLAIN =
  /^(boolean|tinyint|smallint|integer|int|bigint|real|double|decimal|varchar|char|varbinary|json|date|time|timestamp|interval|uuid|ipaddress|geometry|sphericalgeography|variant|hyperloglog|unknown)\b/i;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Fields of rows are matched by name, at any depth, also inside arrays and the values of maps. */
export function nestedChanges(column: string, source: string, target: string): NestedChanges {
  const changes: NestedChanges = { added: [], removed: [], retyped: [] };
  collect(quoted(column), parseType(source), parseType(target), changes);
  return changes;
}

function collect(place: string, source: TypeTree, target: TypeTree, changes: NestedChanges): void {
  if (source.kind === "row" && target.kind === "row") {
    for (const field of source.fields) {
      const twin = fieldOf(target, field.name);
      const inner = `${place}.${quoted(field.name)}`;
      if (twin === undefined) changes.added.push({ place: inner, type: typeText(field.type) });
      else collect(inner, field.type, twin.type, changes);
    }
    for (const field of target.fields)
      if (fieldOf(source, field.name) === undefined) changes.removed.push({ place: `${place}.${quoted(field.name)}` });
    return;
  }
  if (source.kind === "array" && target.kind === "array") {
    collect(`${place}.element`, source.element, target.element, changes);
    return;
  }
  if (source.kind === "map" && target.kind === "map" && typeText(source.key) === typeText(target.key)) {
    collect(`${place}.value`, source.value, target.value, changes);
    return;
  }
  if (typeText(source) !== typeText(target)) changes.retyped.push({ place, type: typeText(source) });
}

/**
 * A value of one type as a value of another, its fields taken by name. Trino itself takes them by position, so that
 * fields in another order would change places without a word. Null where nothing has to be done.
 */
export function valueByName(expression: string, source: string, target: string): string | null {
  const [from, to] = [parseType(source), parseType(target)];
  return sameShape(from, to) ? null : shaped(expression, from, to, 0);
}

function shaped(value: string, source: TypeTree, target: TypeTree, depth: number): string {
  if (sameShape(source, target)) return value;
  const bound = `x${String(depth)}`;
  if (source.kind === "row" && target.kind === "row") {
    const fields = target.fields.map(({ name, type }) => {
      const own = fieldOf(source, name);
      return own === undefined ? "null" : shaped(`${value}.${quoted(own.name)}`, own.type, type, depth + 1);
    });
    return `if(${value} is null, null, cast(row(${fields.join(", ")}) as ${typeText(target)}))`;
  }
  if (source.kind === "array" && target.kind === "array")
    return `transform(${value}, ${bound} -> ${shaped(bound, source.element, target.element, depth + 1)})`;
  if (source.kind === "map" && target.kind === "map")
    return `transform_values(${value}, (k${String(depth)}, ${bound}) -> ${shaped(bound, source.value, target.value, depth + 1)})`;
  return value;
}

/** Whether by position is by name. Types of plain fields may differ: the server converts those, or refuses. */
function sameShape(source: TypeTree, target: TypeTree): boolean {
  if (source.kind === "row" && target.kind === "row")
    return (
      source.fields.length === target.fields.length &&
      source.fields.every((field, index) => {
        const twin = target.fields[index];
        return twin !== undefined && sameName(field.name, twin.name) && sameShape(field.type, twin.type);
      })
    );
  if (source.kind === "array" && target.kind === "array") return sameShape(source.element, target.element);
  if (source.kind === "map" && target.kind === "map") return sameShape(source.value, target.value);
  return true;
}

/** Changes that Iceberg makes without touching the rows. Source: https://iceberg.apache.org/spec/#schema-evolution */
export function isWidening(from: string, to: string): boolean {
  if (from === "integer" && to === "bigint") return true;
  if (from === "real" && to === "double") return true;
  const [old, wide] = [from, to].map((type) => /^decimal\((\d+), ?(\d+)\)$/.exec(type));
  return Boolean(old && wide && old[2] === wide[2] && Number(old[1]) < Number(wide[1]));
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function fieldOf({ fields }: { readonly fields: readonly Field[] }, name: string): Field | undefined {
  return fields.find((field) => sameName(field.name, name));
}

function parseType(text: string): TypeTree {
  const match = /^(row|array|map)\((.*)\)$/is.exec(text.trim());
  const inner = splitTop(match?.[2] ?? "");
  const [first = "", second = ""] = inner;
  switch (match?.[1]?.toLowerCase()) {
    case "row":
      return { kind: "row", fields: inner.map(parseField) };
    case "array":
      return { kind: "array", element: parseType(first) };
    case "map":
      return { kind: "map", key: parseType(first), value: parseType(second) };
    default:
      return { kind: "plain", text: text.trim() };
  }
}

/** The name ends where a type begins: the first blank after which there is one. */
function parseField(text: string): Field {
  const own = /^"((?:[^"]|"")*)"\s+(.*)$/s.exec(text);
  if (own !== null) return { name: (own[1] ?? "").replaceAll('""', '"'), type: parseType(own[2] ?? "") };
  for (let blank = text.indexOf(" "); blank > 0; blank = text.indexOf(" ", blank + 1)) {
    const rest = text.slice(blank + 1);
    if (PLAIN.test(rest) || /^(row|array|map)\(/i.test(rest))
      return { name: text.slice(0, blank), type: parseType(rest) };
  }
  const blank = text.indexOf(" ");
  return { name: text.slice(0, blank), type: { kind: "plain", text: text.slice(blank + 1) } };
}

function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"]|"")*"|[(),]/g)) {
    if (sign === "(") depth++;
    else if (sign === ")") depth--;
    else if (sign === "," && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

/** As SQL: field names quoted. */
function typeText(tree: TypeTree): string {
  switch (tree.kind) {
    case "row":
      return `row(${tree.fields.map(({ name, type }) => `${quoted(name)} ${typeText(type)}`).join(", ")})`;
    case "array":
      return `array(${typeText(tree.element)})`;
    case "map":
      return `map(${typeText(tree.key)}, ${typeText(tree.value)})`;
    case "plain":
      return tree.text;
  }
}
