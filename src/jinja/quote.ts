/** Python's repr of a str: single quotes unless that needs more escapes. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'"]|[^\x20-\x7e]/gu, (char) => escapeChar(char, mark));
  return mark + escaped + mark;
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeChar(char: string, mark: string): string {
  if (char === "'" || char === '"') return char === mark ? `\\${char}` : char;
  const named = NAMED_ESCAPES[char];
  if (named !== undefined) return named;
  if (!/[\p{C}\p{Z}]/u.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}
