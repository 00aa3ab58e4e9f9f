import { join } from "node:path";
import type { Json, JsonObject } from "../../contracts/json.ts";
import { isJsonObject } from "../../contracts/json.ts";
import { fail } from "../../contracts/diagnostic.ts";
import { readTextIfExists } from "../../shared/files.ts";
import { asText } from "../../shared/objects.ts";
import { parseYaml } from "../../shared/yaml-file.ts";
import { answered, type Answers, type Question } from "./answers.ts";

/** A project's profile_template.yml: what its authors want asked instead of the adapters' questions. Null: there is none. */
export function readProfileTemplate(root: string): { fixed: JsonObject; prompts: JsonObject } | null {
  const file = join(root, "profile_template.yml");
  const text = readTextIfExists(file);
  if (text === null) return null;
  const { data, problems } = parseYaml(text);
  const [problem] = problems;
  if (problem !== undefined)
    fail("DH1002", `YAML: ${problem.message}`, { file, line: problem.line, column: problem.column });
  if (!isJsonObject(data))
    fail("DH1019", "profile_template.yml must be a mapping with `fixed` and `prompts`", { file });
  const part = (key: string): JsonObject => {
    const value = data[key] ?? {};
    return isJsonObject(value)
      ? value
      : fail("DH1019", `\`${key}\` of profile_template.yml must be a mapping`, { file });
  };
  return { fixed: part("fixed"), prompts: part("prompts") };
}

/** The output that the answers make; its key `target` is the output's name. */
export async function askTemplate(prompts: JsonObject, answers: Answers, into: JsonObject): Promise<JsonObject> {
  const fields: Record<string, Json> = { ...into };
  for (const [key, value] of Object.entries(prompts)) {
    if (key.startsWith("_choose")) {
      const options = isJsonObject(value) ? value : {};
      const text = `Desired ${key.slice("_choose_".length).replaceAll("_", " ")} option`;
      const choice = await answers.text({ key, text, choices: Object.keys(options) });
      const chosen = options[choice];
      Object.assign(fields, await askTemplate(isJsonObject(chosen) ? chosen : {}, answers, {}));
    } else if (key.startsWith("_fixed")) fields[key.slice("_fixed_".length)] = value;
    else fields[key] = await answers.ask(toQuestion(key, isJsonObject(value) ? value : {}));
  }
  return answered(fields);
}

const KINDS: Readonly<Record<string, Question["kind"]>> = { int: "number", float: "float", bool: "boolean" };

function toQuestion(key: string, prompt: JsonObject): Question {
  const { hint, hide_input: hidden, default: initial, type } = prompt;
  return {
    key,
    text: hint === undefined || hint === null ? key : `${key} (${asText(hint)})`,
    kind: KINDS[asText(type ?? "")] ?? "text",
    hidden: hidden === true,
    ...(initial === undefined || initial === null ? {} : { initial }),
  };
}
