import { reserve, spend } from "./limits.ts";
import { raise } from "./errors.ts";

export interface WrapOptions {
  readonly width: number;
  readonly breakLong: boolean;
  readonly onHyphens: boolean;
}

const BLANK = "[ \\t\\n\\v\\f\\r]";
const WORD_WITH_HYPHENS = new RegExp(
  `(${BLANK}+|(?<=[\\p{L}\\p{N}_!"'&.,?])-{2,}(?=[\\p{L}\\p{N}_])|[^ \\t\\n\\v\\f\\r](?:[^ \\t\\n\\v\\f\\r]*?)(?:-(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[^\\d\\W]-))(?=[^\\d\\W]-?[^\\d\\W])|(?=${BLANK}|$)|(?<=[\\p{L}\\p{N}_!"'&.,?])(?=-{2,}[\\p{L}\\p{N}_])))`,
  "u",
);

function chunksOf(line: string, options: WrapOptions): string[] {
  const pattern = options.onHyphens ? WORD_WITH_HYPHENS : new RegExp(`(${BLANK}+)`);
  return line.split(pattern).filter((chunk) => chunk !== "");
}

/** textwrap.wrap() of one paragraph. */
export function wrapParagraph(line: string, options: WrapOptions): string[] {
  if (options.width <= 0) raise("ValueError", `invalid width ${options.width} (must be > 0)`);
  reserve(line.length);
  const chunks = chunksOf(line, options).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    spend(1);
    if (lines.length > 0 && chunks.at(-1)?.trim() === "") chunks.pop();
    const current = takeLine(chunks, options);
    if (current.length > 0 && current.at(-1)?.trim() === "") current.pop();
    if (current.length > 0) lines.push(current.join(""));
  }
  return lines;
}

function takeLine(chunks: string[], options: WrapOptions): string[] {
  const current: string[] = [];
  let length = 0;
  for (
    let chunk = chunks.at(-1);
    chunk !== undefined && length + chunk.length <= options.width;
    chunk = chunks.at(-1)
  ) {
    current.push(chunk);
    length += chunk.length;
    chunks.pop();
  }
  const tooLong = chunks.at(-1);
  if (tooLong !== undefined && tooLong.length > options.width) {
    const room = options.width < 1 ? 1 : options.width - length;
    if (options.breakLong) {
      const cut = hyphenCut(tooLong, room, options);
      current.push(tooLong.slice(0, cut));
      chunks[chunks.length - 1] = tooLong.slice(cut);
    } else if (current.length === 0) {
      current.push(tooLong);
      chunks.pop();
    }
  }
  return current;
}

/** Breaks a long word behind a hyphen, where it has one in reach. */
function hyphenCut(word: string, room: number, options: WrapOptions): number {
  if (!options.onHyphens || word.length <= room) return room;
  const hyphen = word.lastIndexOf("-", room - 1);
  return hyphen > 0 && /[^-]/.test(word.slice(0, hyphen)) ? hyphen + 1 : room;
}
