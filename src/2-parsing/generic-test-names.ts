import type { Json, JsonObject } from "../contracts/json.ts";
import { toPython } from "../context/convert.ts";
import { PyDict, pyRepr, pyStr, type Value } from "../jinja/values.ts";
import { md5 } from "../shared/checksum.ts";
import { isRecord } from "../shared/objects.ts";

/**
 * dbt's names for generic tests: `unique_orders_id`; the full one makes the unique id, a hashed one of at most
 * 63 characters is the file's name and alias. Both must equal dbt's, since people select and store by them.
 */
export function genericTestNames(
  testType: string,
  targetName: string,
  args: JsonObject,
): { short: string; full: string } {
  const flat: string[] = [];
  for (const key of Object.keys(args).sort()) {
    if (key === "model") continue;
    const value = args[key] ?? null;
    const parts = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [value];
    flat.push(...parts.map((part) => pyStr(toPython(part))));
  }
  const suffix = flat.map((part) => part.replaceAll(/[^0-9a-zA-Z_]+/g, "_")).join("__");
  const identifier = `${testType}_${targetName}`;
  const full = `${identifier}_${suffix}`;
  return { short: full.length >= 64 ? `${identifier.slice(0, 30)}_${md5(full)}` : full, full };
}

/** The last ten digits of a hash over what the test is: the tail of its unique id. */
export function genericTestHash(
  name: string,
  metadata: { namespace: string | null; name: string; kwargs: JsonObject },
): string {
  return md5(name + pyRepr(hashable(metadata))).slice(-10);
}

function hashable(value: Json): Value {
  if (Array.isArray(value)) return value.map(hashable);
  if (!isRecord(value)) return pyStr(toPython(value));
  const dict = new PyDict();
  for (const key of Object.keys(value).sort()) dict.set(key, hashable(value[key] ?? null));
  return dict;
}

/** `{{ config(severity="warn",tags=['a']) }}`, or nothing. */
export function configCall(config: JsonObject): string {
  const parts = Object.entries(config).map(
    ([key, value]) =>
      `${key}=${typeof value === "string" ? `"${value.replaceAll('"', '\\"')}"` : pyStr(toPython(value))}`,
  );
  return parts.length === 0 ? "" : `{{ config(${parts.join(",")}) }}`;
}
