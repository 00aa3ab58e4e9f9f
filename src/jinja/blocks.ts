import { TemplateSyntaxError } from "./errors.ts";
import { TemplateText } from "./runtime.ts";

/** One top-level block of a file: a macro, a test, a snapshot … */
export interface Block {
  readonly kind: string;
  readonly name: string;
  /** What follows the tag word in the opening tag. */
  readonly header: string;
  /** The whole block with its tags. */
  readonly source: string;
  readonly body: string;
  /** Offsets of `source` in the file. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly bodyLine: number;
  readonly bodyColumn: number;
}

/** A tag outside of every block. */
export interface StrayTag {
  readonly word: string;
  readonly line: number;
  readonly column: number;
}

interface Tag {
  readonly word: string;
  readonly name: string;
  readonly header: string;
  readonly start: number;
  readonly end: number;
}

const OPENING = /\{[{%#]/g;
const STOP = /['"]|[-+]?%\}/g;
const PRINT_STOP = /['"]|\}\}/g;
const STRING = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const TAG_WORD = /\{%[-+]?\s*([A-Za-z_]\w*)?(?:\s+([A-Za-z_]\w*))?/y;
const RAW_END = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;

/** Finds the tags of a file without parsing what is inside them. */
class TagScanner {
  readonly #text: string;
  #pos = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *tags(): Generator<Tag> {
    const text = this.#text;
    for (;;) {
      OPENING.lastIndex = this.#pos;
      const start = OPENING.exec(text)?.index;
      if (start === undefined) return;
      const kind = text[start + 1];
      if (kind === "#") this.#pos = this.#after("#}", start, "Missing end of comment tag");
      else if (kind === "{") this.#pos = this.#close(start, PRINT_STOP, "}}");
      else {
        const tag = this.#tag(start);
        this.#pos = tag.end;
        if (tag.word === "raw") this.#skipRaw(start);
        yield tag;
      }
    }
  }

  #after(mark: string, start: number, message: string): number {
    const at = this.#text.indexOf(mark, start + 2);
    if (at === -1) throw new TemplateSyntaxError(message, start);
    return at + mark.length;
  }

  #skipRaw(start: number): void {
    RAW_END.lastIndex = this.#pos;
    if (RAW_END.exec(this.#text) === null) throw new TemplateSyntaxError("Missing end of raw directive", start);
    this.#pos = RAW_END.lastIndex;
  }

  /** The offset behind the closing mark; only strings can hide it. */
  #close(start: number, stop: RegExp, mark: string): number {
    stop.lastIndex = start + 2;
    for (;;) {
      const match = stop.exec(this.#text);
      if (match === null) throw new TemplateSyntaxError(`expected '${mark}' before the end of the file`, start);
      if (match[0] !== "'" && match[0] !== '"') return stop.lastIndex;
      STRING.lastIndex = match.index;
      if (STRING.exec(this.#text) === null) throw new TemplateSyntaxError("unclosed string", match.index);
      stop.lastIndex = STRING.lastIndex;
    }
  }

  #tag(start: number): Tag {
    TAG_WORD.lastIndex = start;
    const match = TAG_WORD.exec(this.#text);
    const word = match?.[1] ?? "";
    const end = this.#close(start, STOP, "%}");
    const headerStart =
      start +
      (match?.[0] ?? "").replace(/(?:\s+[A-Za-z_]\w*)$/, (name) => (match?.[2] === undefined ? name : "")).length;
    const header = this.#text
      .slice(headerStart, end)
      .replace(/[-+]?%\}$/, "")
      .trim();
    return { word, name: match?.[2] ?? "", header, start, end };
  }
}

const CONTROL: Readonly<Record<string, string>> = { if: "endif", for: "endfor" };

/** Pairs the tags up; keeps what an error about them needs. */
class BlockCollector {
  readonly blocks: Block[] = [];
  readonly #text: TemplateText;
  readonly #kinds: ReadonlySet<string>;
  readonly #control: Tag[] = [];
  readonly #onStray: (tag: StrayTag) => void;
  #open: Tag | undefined;

  constructor(text: TemplateText, kinds: readonly string[], onStray: (tag: StrayTag) => void) {
    this.#text = text;
    this.#kinds = new Set(kinds);
    this.#onStray = onStray;
  }

  add(tag: Tag): void {
    if (this.#open === undefined && tag.word in CONTROL) this.#control.push(tag);
    else if (this.#open === undefined && Object.values(CONTROL).includes(tag.word)) this.#endControl(tag);
    if (this.#kinds.has(tag.word)) this.#begin(tag);
    else if (this.#open === undefined) this.#stray(tag);
    else if (tag.word === `end${this.#open.word}`) this.#end(this.#open, tag);
    else if (tag.word.startsWith("end") && this.#kinds.has(tag.word.slice(3))) this.#crossing(this.#open, tag);
  }

  /** dbt reads blocks alone: a tag between them does nothing. */
  #stray({ word, start }: Tag): void {
    if (word === "") return;
    const { line, column } = this.#text.place(start);
    this.#onStray({ word, line, column });
  }

  finish(): void {
    if (this.#open === undefined) return;
    const { word, name, start } = this.#open;
    throw new TemplateSyntaxError(
      `Reached EOF without finding a close tag for ${word} '${name}' (expected 'end${word}')`,
      start,
    );
  }

  #endControl(tag: Tag): void {
    const open = this.#control.pop();
    if (open === undefined)
      throw new TemplateSyntaxError(
        `Got an unexpected control flow end tag, got ${tag.word} but never saw a preceding ${tag.word.slice(3)}`,
        tag.start,
      );
    if (CONTROL[open.word] !== tag.word) {
      throw new TemplateSyntaxError(
        `Got an unexpected control flow end tag, got ${tag.word} but expected ${CONTROL[open.word] ?? ""} next`,
        tag.start,
      );
    }
  }

  #begin(tag: Tag): void {
    if (this.#open !== undefined) {
      throw new TemplateSyntaxError(
        `${tag.word} '${tag.name}' starts inside ${this.#open.word} '${this.#open.name}', which is not closed`,
        tag.start,
      );
    }
    const control = this.#control.at(-1);
    if (control !== undefined) {
      throw new TemplateSyntaxError(
        `${tag.word} '${tag.name}' is defined inside a ${control.word}; it must be at the top level`,
        tag.start,
      );
    }
    this.#open = tag;
  }

  #crossing(open: Tag, tag: Tag): void {
    throw new TemplateSyntaxError(`'${tag.word}' does not close ${open.word} '${open.name}'`, tag.start);
  }

  #end(open: Tag, tag: Tag): void {
    this.#open = undefined;
    const { text } = this.#text;
    const at = this.#text.place(open.start);
    const body = this.#text.place(open.end);
    this.blocks.push({
      kind: open.word,
      name: open.name,
      header: open.header,
      source: text.slice(open.start, tag.end),
      body: text.slice(open.end, tag.start),
      start: open.start,
      end: tag.end,
      line: at.line,
      column: at.column,
      bodyLine: body.line,
      bodyColumn: body.column,
    });
  }
}

/**
 * Cuts a file into its top-level blocks of the given kinds; `onStray` hears of the tags between them. A scan, not a parse:
 * bodies are not looked into.
 */
export function extractBlocks(
  source: string,
  path: string,
  kinds: readonly string[],
  onStray: (tag: StrayTag) => void = () => undefined,
): Block[] {
  const text = new TemplateText(source, { path });
  const collector = new BlockCollector(text, kinds, onStray);
  try {
    for (const tag of new TagScanner(source).tags()) collector.add(tag);
    collector.finish();
  } catch (error) {
    if (error instanceof TemplateSyntaxError) error.frames.push(text.place(error.offset));
    throw error;
  }
  return collector.blocks;
}
