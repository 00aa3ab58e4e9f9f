import type { Target } from "../contracts/project.ts";
import { PyDict } from "../jinja/values.ts";
import { toPython } from "./convert.ts";

const HIDDEN = /password|token|secret|keyfile|private_key|access_key|credential/i;

/** `target` as templates see it: the profile's keys without anything secret, plus its names. */
export function targetDict(target: Target): PyDict {
  const dict = new PyDict();
  for (const [key, value] of Object.entries(target.fields)) if (!HIDDEN.test(key)) dict.set(key, toPython(value));
  dict.set("database", target.database);
  dict.set("schema", target.schema);
  dict.set("type", target.type);
  dict.set("threads", target.threads);
  dict.set("name", target.name);
  dict.set("target_name", target.name);
  dict.set("profile_name", target.profileName);
  return dict;
}
