/** A text, or an integer too large for a double: those must keep every digit. */
const LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** JSON, with integers of 16 digits and more as texts: `JSON.parse` would round bigints. */
export function parseExactJson(text: string): unknown {
  // Few pages hold such a number; a quick look spares the others the rewriting.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replaceAll(LONG_NUMBERS, (token) => (token.startsWith('"') ? token : `"${token}"`)));
}
