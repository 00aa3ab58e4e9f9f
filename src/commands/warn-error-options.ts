import { fail } from "../contracts/diagnostic.ts";
import type { Flags } from "../contracts/flags.ts";
import { DEPRECATIONS, WARNING_NAMES } from "../contracts/warnings.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isRecord } from "../shared/objects.ts";

type Options = Flags["warn_error_options"];

const wrong = (message: string, hint: string | null = null): never => fail("DH0005", message, null, hint);

/** `warn_error_options` as dbt checks it; `include` and `exclude` are the older names of `error` and `warn`. */
export function readWarnErrorOptions(value: unknown): Options {
  if (!isRecord(value)) return wrong("warn_error_options must be a mapping such as {error: all, warn: [NothingToDo]}");
  const either = (key: string, older: string): unknown => {
    if (isGiven(value[key]) && isGiven(value[older]))
      wrong(`Only \`${older}\` or \`${key}\` can be specified in \`warn_error_options\`, not both`);
    return value[older] ?? value[key];
  };
  const error = either("error", "include");
  const options = {
    error: error === "all" || error === "*" ? error : names("error", error),
    warn: names("warn", either("warn", "exclude")),
    silence: names("silence", value["silence"]),
  };
  const hasDeprecations = [options.error, options.silence].some((list) => list.includes(DEPRECATIONS));
  if (options.warn.length > 0 && Array.isArray(options.error) && !hasDeprecations) {
    wrong(
      `In warn_error_options \`warn\` makes exceptions: it needs \`error: all\`, or ${DEPRECATIONS} in \`error\` or \`silence\``,
    );
  }
  return options;
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

function names(key: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    return wrong(`\`${key}\` in warn_error_options must be ${key === "error" ? "all, * or " : ""}a list of names`);
  return value.map((name: unknown) => {
    const known = typeof name === "string" && (WARNING_NAMES.includes(name) || name === DEPRECATIONS);
    return known
      ? name
      : wrong(`${String(name)} is not a valid dbt error name.`, didYouMean(String(name), WARNING_NAMES));
  });
}
