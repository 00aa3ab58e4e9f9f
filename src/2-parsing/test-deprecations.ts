import { deprecated } from "../contracts/deprecations.ts";
import type { Diagnostic, Place } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import { isRecord } from "../shared/objects.ts";

/** Configs that a test may have beside its arguments, as it could before it had `config:`. */
export const CONFIG_ARGS = [
  "severity",
  "tags",
  "enabled",
  "where",
  "limit",
  "warn_if",
  "error_if",
  "fail_calc",
  "store_failures",
  "store_failures_as",
  "meta",
  "database",
  "schema",
  "alias",
];

const OWN_KEYS = new Set([...CONFIG_ARGS, "config", "column_name", "description", "name"]);

interface GivenTest {
  /** As it is written, with its package. */
  readonly name: string;
  readonly given: JsonObject;
  /** Whether `arguments:` holds the arguments: `require_generic_test_arguments_property`. */
  readonly isNested: boolean;
  /** Whether a test may have an `sql_header`: `require_sql_header_in_test_configs`. */
  readonly allowsHeader: boolean;
  /** What is tested. */
  readonly owner: string;
  /** Places are looked for where something is deprecated, and not for every test. */
  readonly place: () => Place;
}

/** What the definition of a generic test does that is deprecated. */
export function testDeprecations(one: GivenTest): Diagnostic[] {
  const { name, given, owner, place, allowsHeader } = one;
  const test = `the test ${name} of '${owner}'`;
  const found = ofArguments(one, test);
  const header = isRecord(given["config"]) ? (given["config"]["sql_header"] ?? null) : null;
  if (header === null || allowsHeader) return found;
  const message = `${test} has the config \`sql_header\``;
  const hint = "`flags: {require_sql_header_in_test_configs: true}` is for tests with one.";
  return [...found, deprecated("CustomKeyInConfigDeprecation", message, place(), hint)];
}

function ofArguments({ given, isNested, place }: GivenTest, test: string): Diagnostic[] {
  if (!isNested) {
    if (!("arguments" in given)) return [];
    const message = `${test} has an argument named \`arguments\`, which is where dbt keeps arguments`;
    return [
      deprecated("ArgumentsPropertyInGenericTestDeprecation", message, place(), "Give the argument another name."),
    ];
  }
  const found: Diagnostic[] = [];
  for (const key of Object.keys(given)) {
    if (!CONFIG_ARGS.includes(key)) continue;
    const message = `${test} has \`${key}\` beside its arguments`;
    found.push(deprecated("PropertyMovedToConfigDeprecation", message, place(), `Move \`${key}\` below \`config:\`.`));
  }
  const stray = Object.keys(given).filter((key) => !OWN_KEYS.has(key) && key !== "arguments");
  if (stray.length === 0 || hasEntries(given["arguments"])) return found;
  const message = `${test} has its arguments (${stray.join(", ")}) at the top`;
  const hint = "Move them below `arguments:`.";
  return [...found, deprecated("MissingArgumentsPropertyInGenericTestDeprecation", message, place(), hint)];
}

/** What Python takes for true. */
function hasEntries(value: unknown): boolean {
  return isRecord(value) ? Object.keys(value).length > 0 : Array.isArray(value) ? value.length > 0 : Boolean(value);
}
