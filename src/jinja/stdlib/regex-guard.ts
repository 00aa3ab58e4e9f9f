import { createContext, Script, type Context } from "node:vm";
import { matchingTimeLeft, spendMatchingTime } from "../limits.ts";
import { quote, raise } from "../values.ts";

/** How the work of a pattern can grow with the length of its text. */
export interface RegexRisk {
  /** A repetition of something that can match in more than one way: each further character may double the work. */
  readonly nested: boolean;
  /** Repetitions without an end that can share the same characters; each multiplies the work by the text's length. */
  readonly repeats: number;
}

interface Group {
  /** How many ways to match there are inside: repetitions, and choices. */
  repeats: number;
  choices: number;
}

const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>|[-a-z]*:))?|\)|\||[*+?]|\{\d*(?:,\d*)?\}|[^]/gsu;
/** As many optional parts, or choices one after the other, are as bad as a repetition of them. */
const MANY_CHOICES = 16;

/** A guess on the safe side, from the pattern's JavaScript form. */
export function regexRisk(source: string): RegexRisk {
  const open: Group[] = [];
  let group: Group = { repeats: 0, choices: 0 };
  let closed: Group | null = null;
  let quantified = false;
  let nested = false;
  for (const [token] of source.matchAll(TOKEN)) {
    const before = closed;
    const isQuantifier = /^[*+?{]/.test(token);
    closed = null;
    if (token.startsWith("(")) {
      open.push(group);
      group = { repeats: 0, choices: 0 };
    } else if (token === ")") {
      closed = group;
      group = open.pop() ?? { repeats: 0, choices: 0 };
      group.repeats += closed.repeats;
      group.choices += closed.choices;
    } else if (token === "|") group.choices++;
    // Behind another quantifier, `?` only says in what order to try.
    else if (token === "?") group.choices += quantified ? 0 : 1;
    else if (isQuantifier) {
      nested ||= before !== null && before.repeats + before.choices > 0 && !/^\{[01]\}$/.test(token);
      if (!/^\{\d+\}$/.test(token)) group.repeats++;
    }
    quantified = isQuantifier;
  }
  return { nested: nested || group.choices > MANY_CHOICES, repeats: group.repeats };
}

/** From here on a pattern with a repetition of repetitions is timed. */
const LONG_FOR_NESTED = 16;
/** Steps that take no noticeable time. */
const CHEAP = 1e7;

/** Whether matching could take so long that it must be timed: timing costs half a millisecond. */
export function isRisky({ nested, repeats }: RegexRisk, length: number): boolean {
  return nested ? length >= LONG_FOR_NESTED : length ** (repeats + 1) > CHEAP;
}

let sandbox: { readonly context: Context; readonly script: Script } | undefined;

/** Does work that only matches, and stops it when the render's time for matching is over. */
export function timed<T>(pattern: string, work: () => T): T {
  const left = matchingTimeLeft();
  const tooLong = (): never =>
    raise("RuntimeError", `matching ${quote(pattern)} took too long: it can match one text in too many ways`);
  if (left < 1) return tooLong();
  sandbox ??= { context: createContext(Object.create(null) as Context), script: new Script("work()") };
  const { context, script } = sandbox;
  const before = context["work"] as unknown;
  context["work"] = work;
  const started = performance.now();
  try {
    return script.runInContext(context, { timeout: Math.ceil(left) }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return tooLong();
    throw error;
  } finally {
    context["work"] = before;
    spendMatchingTime(performance.now() - started);
  }
}
