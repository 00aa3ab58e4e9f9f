import type { Call, Cast, SqlText } from "./sql-text.ts";

/**
 * `error`: the engines differ on ordinary data. `warning`: they differ for some types or on rare values, which the text does not
 * show. Both may be silent, so neither may be overlooked by who wants the same answer.
 */
export type Severity = "error" | "warning";

/** A place, by the number of its token, and how sure the difference is. */
export interface Finding {
  readonly at: number;
  readonly severity: Severity;
}

/** A construct that both engines take and mean differently. */
export interface HazardRule {
  readonly construct: string;
  /** What each engine does. */
  readonly difference: string;
  /** The way of writing that means the same on both. */
  readonly portable: string;
  readonly find: (text: SqlText) => readonly Finding[];
}

/** Judges a call or a cast: how sure a difference is, or null where it cannot be one. */
type Judge<T> = (one: T, text: SqlText) => Severity | null;

export function inCalls(names: string, judge: Judge<Call> = () => "error"): HazardRule["find"] {
  const wanted = new Set(names.split(" "));
  return (text) =>
    text.calls.filter((call) => wanted.has(call.name)).flatMap((call) => found(call.at, judge(call, text)));
}

export function inCasts(type: RegExp, judge: Judge<Cast>): HazardRule["find"] {
  return (text) =>
    text.casts.filter((cast) => type.test(cast.type)).flatMap((cast) => found(cast.at, judge(cast, text)));
}

export function atTokens(judge: (at: number, text: SqlText) => Severity | null): HazardRule["find"] {
  return (text) => text.tokens.flatMap((_, at) => found(at, judge(at, text)));
}

function found(at: number, severity: Severity | null): Finding[] {
  return severity === null ? [] : [{ at, severity }];
}
