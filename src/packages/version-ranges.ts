import { compare, type SemVer, parse } from "semver";
import { fail, type Place } from "../contracts/diagnostic.ts";

/** One clause of a range, in dbt's form: `>=1.0.0`, or a bare version. */
export interface Clause {
  readonly matcher: ">" | ">=" | "<" | "<=" | "=";
  readonly version: SemVer;
  readonly text: string;
}

const FORM = /^(>=|<=|>|<|=)?(\d+\.\d+\.\d+)(?:-?([0-9A-Za-z][0-9A-Za-z.-]*))?(\+[0-9A-Za-z.-]*)?$/;

/** Null where dbt would not take it: also `1.0`, `^1.0.0` and several clauses in one text. */
export function readClause(text: string): Clause | null {
  const match = FORM.exec(text.trim());
  if (match === null) return null;
  const version = parse(`${match[2] ?? ""}${match[3] === undefined ? "" : `-${match[3]}`}${match[4] ?? ""}`);
  return version === null ? null : { matcher: (match[1] ?? "=") as Clause["matcher"], version, text: text.trim() };
}

export function readClauses(texts: readonly string[], name: string, place: Place): Clause[] {
  return texts.map((text) => {
    const clause = readClause(text);
    if (clause !== null) return clause;
    const parts = text.split(",");
    const hint = parts.length > 1 ? `Write a list: ${JSON.stringify(parts.map((part) => part.trim()))}.` : null;
    return fail(
      "DH1071",
      `"${text}" is not a valid semantic version (package ${name})`,
      place,
      hint ?? 'A version is 1.2.3; a range is a list such as [">=1.0.0", "<2.0.0"].',
    );
  });
}

export function fits(version: SemVer, { matcher, version: bound }: Clause): boolean {
  const order = compare(version, bound);
  switch (matcher) {
    case "=":
      return order === 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      // `<2.0.0` means to keep 2.0.0-rc1 out, too.
      return (
        order < 0 && !(version.prerelease.length > 0 && bound.prerelease.length === 0 && isSameRelease(version, bound))
      );
    case "<=":
      return order <= 0;
  }
}

function isSameRelease(a: SemVer, b: SemVer): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch;
}

/** Whether no version at all can fit every clause. */
export function isContradiction(clauses: readonly Clause[]): boolean {
  return clauses.some((a) =>
    clauses.some((b) => {
      if (a.matcher === "=") return !fits(a.version, b);
      const opens = a.matcher.startsWith(">");
      if (!opens || !b.matcher.startsWith("<")) return false;
      const order = compare(a.version, b.version);
      return order > 0 || (order === 0 && !(a.matcher === ">=" && b.matcher === "<="));
    }),
  );
}

/** The versions that may be installed, lowest first. */
export function installable(versions: readonly string[], prerelease: boolean): SemVer[] {
  return versions
    .flatMap((text) => {
      const version = readClause(text)?.version;
      return version === undefined || (!prerelease && version.prerelease.length > 0)
        ? []
        : [Object.assign(version, { raw: text })];
    })
    .sort(compare);
}
