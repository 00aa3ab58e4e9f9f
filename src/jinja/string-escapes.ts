import { TemplateSyntaxError } from "./errors.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const WIDTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Undoes the escapes of a string literal by Python's rules: an unknown one keeps its backslash. */
export function unescapeString(text: string, at: number): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:([0-7]{1,3})|([xuU])([\da-fA-F]*)|N\{([^}]*)\}|([^]))/g,
    (all: string, octal?: string, wide?: string, hex?: string, name?: string, char?: string) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      if (wide !== undefined) return wideEscape(wide, hex ?? "", at);
      if (name !== undefined || char === "N") throw new TemplateSyntaxError("unknown Unicode character name", at);
      return SIMPLE[char ?? ""] ?? all;
    },
  );
}

function wideEscape(kind: string, hex: string, at: number): string {
  const width = WIDTHS[kind] ?? 2;
  if (hex.length < width) throw new TemplateSyntaxError(`truncated \\${kind}${"X".repeat(width)} escape`, at);
  const code = parseInt(hex.slice(0, width), 16);
  if (code > 0x10ffff) throw new TemplateSyntaxError("illegal Unicode character", at);
  return String.fromCodePoint(code) + hex.slice(width);
}
