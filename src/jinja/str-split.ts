/* eslint-disable no-control-regex -- Python counts some control characters as whitespace or line ends */
const BLANK = "[\\s\\x1c-\\x1f\\x85]";
const LEADING = new RegExp(`^${BLANK}+`);
const BLANK_RUN = new RegExp(`${BLANK}+`, "g");
const BLANK_CHAR = new RegExp(BLANK);

/** str.strip() and its one-sided forms; without `chars` it strips whitespace. */
export function strip(text: string, chars: string | undefined, left: boolean, right: boolean): string {
  const drop = chars === undefined ? (char: string): boolean => char !== "\ufeff" && BLANK_CHAR.test(char) : set(chars);
  let start = 0;
  let end = text.length;
  if (left) while (start < end && drop(text.charAt(start))) start++;
  if (right) while (end > start && drop(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function set(chars: string): (char: string) => boolean {
  const wanted = new Set(chars.split(""));
  return (char) => wanted.has(char);
}

/** str.split(None): runs of whitespace separate, and the ends are trimmed. */
export function splitOnBlank(text: string, limit: number, last: boolean): string[] {
  const trimmed = strip(text, undefined, true, true);
  if (trimmed === "") return [];
  if (limit < 0) return trimmed.split(BLANK_RUN);
  return last ? splitBlankFromEnd(text, limit) : splitBlankFromStart(text, limit);
}

function splitBlankFromStart(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text.replace(LEADING, "");
  while (parts.length < limit && rest !== "") {
    const at = rest.search(BLANK_CHAR);
    if (at === -1) break;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at).replace(LEADING, "");
  }
  return rest === "" ? parts : [...parts, rest];
}

function splitBlankFromEnd(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = strip(text, undefined, false, true);
  while (parts.length < limit && rest !== "") {
    const runs = [...rest.matchAll(BLANK_RUN)];
    const run = runs.at(-1);
    if (run === undefined) break;
    parts.unshift(rest.slice(run.index + run[0].length));
    rest = rest.slice(0, run.index);
  }
  return rest === "" ? parts : [rest, ...parts];
}

export function splitOn(text: string, separator: string, limit: number, last: boolean): string[] {
  const parts = text.split(separator);
  if (limit < 0 || parts.length - 1 <= limit) return parts;
  if (last) return [parts.slice(0, parts.length - limit).join(separator), ...parts.slice(parts.length - limit)];
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

/** str.splitlines() */
export function splitLines(text: string, keepEnds: boolean): string[] {
  const lines =
    text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g) ?? [];
  if (lines.at(-1) === "") lines.pop();
  return keepEnds ? lines : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ""));
}
