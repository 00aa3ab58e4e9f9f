export function plural(name: string, count: number): string {
  if (count === 1) return name;
  return name === "analysis" ? "analyses" : `${name}s`;
}
