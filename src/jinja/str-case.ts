/** Case conversion by Python's rules. */

export function lower(text: string): string {
  return text.toLowerCase();
}

export function capitalize(text: string): string {
  const [first = ""] = text;
  return titleChar(first) + text.slice(first.length).toLowerCase();
}

/** Title case differs from upper case for a few ligatures and digraphs. */
/** The digraphs that have a title case of their own. */
const DIGRAPHS: Readonly<Record<string, string>> = { Ǆ: "ǅ", Ǉ: "ǈ", Ǌ: "ǋ", Ǳ: "ǲ" };

function titleChar(char: string): string {
  const upper = char.toUpperCase();
  if (Array.from(upper).length > 1) return upper.charAt(0) + upper.slice(1).toLowerCase();
  return DIGRAPHS[upper] ?? upper;
}

export function title(text: string): string {
  let inWord = false;
  let result = "";
  for (const char of text) {
    const isLetter = /[\p{Lu}\p{Ll}\p{Lt}]/u.test(char);
    result += isLetter ? (inWord ? char.toLowerCase() : titleChar(char)) : char;
    inWord = isLetter;
  }
  return result;
}

export function swapCase(text: string): string {
  return Array.from(text, (char) =>
    /\p{Lu}/u.test(char) ? char.toLowerCase() : /\p{Ll}/u.test(char) ? char.toUpperCase() : char,
  ).join("");
}

const CASED = /[\p{Lu}\p{Ll}\p{Lt}]/u;

export function isLower(text: string): boolean {
  return CASED.test(text) && !/[\p{Lu}\p{Lt}]/u.test(text);
}

export function isUpper(text: string): boolean {
  return CASED.test(text) && !/[\p{Ll}\p{Lt}]/u.test(text);
}

export function isTitle(text: string): boolean {
  let inWord = false;
  let seen = false;
  for (const char of text) {
    const upper = /[\p{Lu}\p{Lt}]/u.test(char);
    const small = /\p{Ll}/u.test(char);
    if ((upper && inWord) || (small && !inWord)) return false;
    inWord = upper || small;
    seen ||= inWord;
  }
  return seen;
}
