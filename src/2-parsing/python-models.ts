/**
 * What a Python model says to dbt before it runs, as a template that says the same: `dbt.ref("orders")` is
 * `{{ ref("orders") }}`. Arguments have to be literals, in Python as here, and Jinja writes those alike.
 */
export function pythonAsTemplate(text: string): string {
  const calls = pythonCalls(text);
  const said = calls.filter(({ name }) => !(name in KEYS_READ)).map((call) => jinjaCall(call.name, call.args));
  const read = calls.filter(({ name }) => name in KEYS_READ);
  if (read.length > 0) said.push(jinjaCall("config", keysRead(read)));
  return said.join("\n");
}

/** What dbt notes in the node's config of the keys that the model asks for, for the code that it puts around the model. */
const KEYS_READ: Readonly<Record<string, string>> = { "config.get": "config_keys", "config.meta_get": "meta_keys" };

function keysRead(calls: readonly PythonCall[]): string[] {
  return Object.entries(KEYS_READ).flatMap(([name, keys]) => {
    const args = calls.filter((call) => call.name === name).map((call) => call.args);
    const listed = (index: number): string => `[${args.map((one) => one[index] ?? "none").join(", ")}]`;
    return [`${keys}_used=${listed(0)}`, `${keys}_defaults=${listed(1)}`];
  });
}

function jinjaCall(name: string, args: readonly string[]): string {
  return `{{ ${name}(${args.join(", ")}) }}`;
}

interface PythonCall {
  /** Without its `dbt.`. */
  readonly name: string;
  /** Each as its source text, without comments. */
  readonly args: readonly string[];
}

const STRING = /[rbuf]{0,2}(?:"""[^]*?"""|'''[^]*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*')/iy;
const CALL = /dbt\s*\.\s*(ref|source|config(?:\s*\.\s*(?:get|meta_get))?)\s*\(/y;
const WORD = /[\w.]+/y;
const COMMENT = /#[^\n]*/y;

function pythonCalls(text: string): PythonCall[] {
  const calls: PythonCall[] = [];
  let at = 0;
  while (at < text.length) {
    const string = match(STRING, text, at);
    const call = match(CALL, text, at);
    if (string !== null) {
      // Code in an f-string is code; of any other string nothing is read.
      if (/^\w?f/i.test(string[0])) calls.push(...pythonCalls(string[0].replace(/^\w+/, "").slice(1, -1)));
      at += string[0].length;
    } else if (call !== null) {
      const { args, end } = readArguments(text, at + call[0].length);
      calls.push({ name: (call[1] ?? "").replace(/\s+/g, ""), args });
      at = end;
    } else at += (match(COMMENT, text, at) ?? match(WORD, text, at))?.[0].length ?? 1;
  }
  return calls;
}

/** The arguments of a call from after its bracket on, and the place after the closing one. */
function readArguments(text: string, start: number): { args: string[]; end: number } {
  const args: string[] = [];
  let argument = "";
  let depth = 0;
  let at = start;
  const finish = (): void => {
    if (argument.trim() !== "") args.push(argument.trim());
    argument = "";
  };
  while (at < text.length) {
    const comment = match(COMMENT, text, at);
    const string = match(STRING, text, at);
    const token = comment?.[0] ?? string?.[0] ?? text.charAt(at);
    at += token.length;
    if (comment !== null) continue;
    if (depth === 0 && token === ")") break;
    if (depth === 0 && token === ",") {
      finish();
      continue;
    }
    if ("([{".includes(token)) depth += 1;
    if (")]}".includes(token)) depth -= 1;
    argument += string === null ? token : jinjaString(token);
  }
  finish();
  return { args, end: at };
}

/** Jinja has neither prefixes nor strings of three quotes. */
function jinjaString(token: string): string {
  const plain = token.replace(/^\w+/, "");
  return /^("""|''')/.test(plain) ? JSON.stringify(plain.slice(3, -3)) : plain;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
