/** A text, or a whole number of JSON with its fraction and exponent. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;

/** JSON, with integers of 16 digits and more as texts: `JSON.parse` would round bigints. */
export function parseExactJson(text: string): unknown {
  // Few pages hold such a number; a quick look spares the others the rewriting.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replaceAll(TOKENS, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)));
}
