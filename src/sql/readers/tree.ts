/** A node of some parser's tree: read with care, since no type says what is in it. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isTree(value) ? Object.values(value) : [];
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
