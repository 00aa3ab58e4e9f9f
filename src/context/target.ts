import type { Target } from "../contracts/project.ts";
import { PyDict } from "../jinja/values.ts";
import { toPython } from "./convert.ts";

/** Keys of a profile whose values may let somebody in; headers often hold a bearer token. */
export function isSecretField(key: string): boolean {
  return /password|token|secret|key|credential|headers/i.test(key);
}

/** `target` as templates see it: the profile's keys without anything secret, plus its names. */
export function targetDict(target: Target): PyDict {
  const dict = new PyDict();
  for (const [key, value] of Object.entries(target.fields)) if (!isSecretField(key)) dict.set(key, toPython(value));
  dict.set("database", target.database);
  dict.set("schema", target.schema);
  dict.set("type", target.type);
  dict.set("threads", target.threads);
  dict.set("name", target.name);
  dict.set("target_name", target.name);
  dict.set("profile_name", target.profileName);
  if (target.engines !== undefined) dict.set("engines", [...target.engines]);
  return dict;
}
