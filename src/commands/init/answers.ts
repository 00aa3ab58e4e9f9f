import { stdin, stdout } from "node:process";
import { createInterface, type Interface } from "node:readline/promises";
import { fail } from "../../contracts/diagnostic.ts";
import type { Json, JsonObject } from "../../contracts/json.ts";
import { didYouMean } from "../../shared/did-you-mean.ts";
import { asText } from "../../shared/objects.ts";

export interface Question {
  readonly key: string;
  readonly text: string;
  readonly initial?: Json;
  readonly kind?: "text" | "number" | "float" | "boolean";
  readonly choices?: readonly string[];
  /** What is typed is not shown. */
  readonly hidden?: boolean;
  /** Why an answer will not do; null if it does. */
  readonly refuse?: (answer: string) => string | null;
}

/** Answers come from flags, then from a terminal, then from the questions' own defaults. */
export class Answers {
  private readonly given: Readonly<Record<string, unknown>>;
  private terminal: Interface | null = null;
  private muted = false;

  constructor(given: Readonly<Record<string, unknown>>) {
    this.given = given;
  }

  get isInteractive(): boolean {
    return stdin.isTTY && stdout.isTTY;
  }

  async ask(question: Question): Promise<Json> {
    const given = this.given[question.key];
    if (given !== undefined && given !== null && given !== "") return checked(question, given as Json);
    if (!this.isInteractive) return withoutTerminal(question);
    for (;;) {
      const typed = await this.read(question);
      const answer = typed === "" ? (question.initial ?? "") : fromChoice(question, typed);
      const problem = problemOf(question, answer);
      if (problem === null) return convert(question, answer);
      stdout.write(`${problem}\n`);
    }
  }

  async text(question: Question): Promise<string> {
    return asText(await this.ask(question));
  }

  close(): void {
    this.terminal?.close();
  }

  private async read({ text, initial, choices, hidden }: Question): Promise<string> {
    if (choices !== undefined)
      stdout.write(`${choices.map((choice, index) => `[${String(index + 1)}] ${choice}`).join("\n")}\n`);
    this.terminal ??= this.open();
    const prompt = `${text}${initial === undefined || initial === null ? "" : ` [${asText(initial)}]`}: `;
    const closed = new AbortController();
    const stop = (): void => {
      closed.abort();
    };
    this.terminal.once("close", stop);
    try {
      const answer = this.terminal.question(prompt, { signal: closed.signal });
      this.muted = hidden === true;
      return (await answer).trim();
    } catch (error) {
      if (closed.signal.aborted) fail("DH1721", "Stopped: no answer was given; nothing more was written.");
      throw error;
    } finally {
      if (this.muted) stdout.write("\n");
      this.muted = false;
      this.terminal.off("close", stop);
    }
  }

  private open(): Interface {
    const terminal = createInterface({ input: stdin, output: stdout });
    // Readline echoes through this method; there is no other way to keep a password off the screen.
    const echo = terminal as unknown as { _writeToOutput?: (text: string) => void };
    const write = echo._writeToOutput?.bind(terminal);
    echo._writeToOutput = (text) => {
      if (!this.muted) write?.(text);
    };
    return terminal;
  }
}

function withoutTerminal(question: Question): Json {
  if (question.initial !== undefined) return checked(question, question.initial);
  const flag = question.key.replaceAll("_", "-");
  return fail(
    "DH1720",
    `There is no terminal to ask on, and no answer to: ${question.text}`,
    null,
    question.key === "name"
      ? "Name the project: `duckhouse-dbt init my_project`."
      : `Give it as --${flag}, or as \`--answers '{${question.key}: …}'\`.`,
  );
}

function checked(question: Question, answer: Json): Json {
  const chosen = typeof answer === "string" ? fromChoice(question, answer) : answer;
  const problem = problemOf(question, chosen);
  if (problem === null) return convert(question, chosen);
  return fail("DH1722", problem, null, didYouMean(asText(answer), question.choices ?? []));
}

/** A choice is named, or given by its number. */
function fromChoice({ choices }: Question, typed: string): string {
  return choices?.[Number(typed) - 1] ?? typed;
}

function problemOf(question: Question, answer: Json): string | null {
  const text = asText(answer ?? "");
  if (text === "") return question.initial === undefined ? "An answer is needed." : null;
  if (question.choices?.includes(text) === false)
    return `'${text}' is not one of ${question.choices.join(", ")} (${question.text})`;
  if (question.kind === "number" && !/^-?\d+$/.test(text)) return `'${text}' is not a whole number (${question.text})`;
  if (question.kind === "float" && !Number.isFinite(Number(text)))
    return `'${text}' is not a number (${question.text})`;
  return question.refuse?.(text) ?? null;
}

function convert({ kind }: Question, answer: Json): Json {
  if (kind === undefined || kind === "text") return answer;
  const text = asText(answer ?? "");
  if (text === "") return null;
  return kind === "boolean" ? /^(?:y|yes|true|t|1|on)$/i.test(text) : Number(text);
}

/** A profile's keys without those that were left empty. */
export function answered(fields: Readonly<Record<string, Json>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ""));
}
