import { LineCounter, isCollection, isNode, isPair, isScalar, type Document, type ScalarTag, type Tags } from "yaml";
import { composeYaml } from "./compose-yaml.ts";
import { duplicateKeys, type DuplicateKey } from "./duplicate-keys.ts";
import { readPlainYaml, type PlainYaml, type YamlPlace } from "./plain-yaml.ts";

export interface YamlProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A YAML text, read as PyYAML's safe loader reads it (YAML 1.1), with the place of every entry. */
export interface YamlFile {
  readonly data: unknown;
  readonly problems: readonly YamlProblem[];
  readonly placeOf: (path: readonly (string | number)[]) => YamlPlace | null;
  /** Keys that a mapping has more than once; the last one's value is in `data`. */
  readonly duplicates: () => readonly DuplicateKey[];
}

// PyYAML is stricter than YAML 1.1: `y`, `n` and `1e3` are text. Dates stay text, because JSON artifacts hold text.
const booleans: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|true|on)$/i.test(text),
  stringify: ({ value }) => (value === true ? "true" : "false"),
};

const floats: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  test: /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/,
  resolve: (text) => asFloat(Number(text.replaceAll("_", ""))),
};

/** A float that JavaScript would print as an integer (1.0) is kept as a Number object, so that templates see a Python float. */
function asFloat(value: number): unknown {
  return Number.isInteger(value) ? Object(value) : value;
}

function pyYamlTags(tags: Tags): Tags {
  const replaced = new Set(["tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"]);
  const kept = tags.filter((tag) => {
    if (typeof tag === "string") return true;
    if (tag.tag === "tag:yaml.org,2002:float") return !isPlainFloat(tag);
    return !replaced.has(tag.tag);
  });
  return [...kept, booleans, floats];
}

function isPlainFloat(tag: Exclude<Tags[number], string>): boolean {
  const test = "test" in tag ? tag.test : undefined;
  return test !== undefined && (test.test("1.5") || test.test("1e3"));
}

const MAX_ALIASES = 10_000;

export function parseYaml(text: string): YamlFile {
  const plain = readPlainYaml(text);
  if (plain === null) return parseFullYaml(text);
  let full: YamlFile | null = null;
  return {
    data: plain.data,
    problems: [],
    // Places of scalars are asked for when something is wrong with one; then there is time to read the file again.
    placeOf: (path) => plainPlace(plain, path) ?? (full ??= parseFullYaml(text)).placeOf(path),
    duplicates: () => [],
  };
}

function plainPlace({ data, places }: PlainYaml, path: readonly (string | number)[]): YamlPlace | null {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return null;
    value = (value as Record<string | number, unknown>)[part];
  }
  return typeof value === "object" && value !== null ? (places.get(value) ?? null) : null;
}

/** Any YAML, by the full parser. */
export function parseFullYaml(text: string): YamlFile {
  const lines = new LineCounter();
  const doc = composeYaml(text, {
    version: "1.1",
    lineCounter: lines,
    uniqueKeys: false,
    merge: true,
    keepSourceTokens: false,
    prettyErrors: false,
    logLevel: "silent",
    customTags: pyYamlTags,
  });
  const problems = doc.errors.map((error) => {
    const place = lines.linePos(error.pos[0]);
    return { message: error.message, line: place.line, column: place.col };
  });
  if (!text.endsWith("\n")) endLastBlock(doc);
  const data = problems.length > 0 ? null : toData(doc, problems);
  return {
    data,
    problems,
    placeOf: (path) => placeOf(doc, lines, path),
    duplicates: () => duplicateKeys(doc, lines),
  };
}

/** A block text that the file ends in has no last newline where the file has none. */
function endLastBlock(doc: Document.Parsed): void {
  let last: unknown = doc.contents;
  while (isCollection(last)) {
    const item: unknown = last.items.at(-1);
    last = isPair(item) ? item.value : item;
  }
  if (isScalar(last) && (last.type === "BLOCK_FOLDED" || last.type === "BLOCK_LITERAL"))
    last.value = String(last.value).replace(/\n$/, "");
}

function toData(doc: Document.Parsed, problems: YamlProblem[]): unknown {
  try {
    return doc.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    problems.push({ message: error instanceof Error ? error.message : String(error), line: 1, column: 1 });
    return null;
  }
}

function placeOf(doc: Document, lines: LineCounter, path: readonly (string | number)[]): YamlPlace | null {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = depth === 0 ? doc.contents : doc.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) {
      const place = lines.linePos(node.range[0]);
      return { line: place.line, column: place.col };
    }
  }
  return null;
}
