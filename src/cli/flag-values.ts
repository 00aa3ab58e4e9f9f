import { fail } from "../contracts/diagnostic.ts";
import { isJsonObject, type JsonObject } from "../contracts/json.ts";
import { parseYaml } from "../shared/yaml-file.ts";
import { readMoment } from "./event-times.ts";
import { readSample } from "./sample.ts";

export type FlagKind = "boolean" | "moment" | "text" | "number" | "list" | "sample" | "yaml";

interface ReadableFlag {
  readonly kind: FlagKind;
  readonly choices?: readonly string[];
}

/** A text of the command line or the environment as the flag's value; `where` names it in messages. */
export function fromText(row: ReadableFlag, text: string, where: string): unknown {
  if (row.choices !== undefined && !row.choices.includes(text))
    fail("DH0002", `${where}: '${text}' is not one of ${row.choices.join(", ")}`);
  switch (row.kind) {
    case "text":
      return text;
    case "moment":
      return readMoment(text, where);
    case "sample":
      return readSample(text, where, new Date(), (yaml) => yamlMapping(yaml, where));
    case "number":
      if (!/^\d+$/.test(text)) fail("DH0003", `${where} needs a whole number, got '${text}'`);
      return Number(text);
    case "boolean":
      return ["1", "true", "t", "yes", "y", "on"].includes(text.toLowerCase());
    case "list":
      return text.split(/\s+/).filter((word) => word !== "");
    case "yaml":
      return yamlMapping(text, where);
  }
}

/** A YAML mapping given on the command line. */
export function yamlMapping(text: string, where: string): JsonObject {
  const { data, problems } = parseYaml(text);
  const [problem] = problems;
  if (problem !== undefined) fail("DH0004", `The YAML of ${where} could not be read: ${problem.message}`);
  if (data === null) return {};
  if (!isJsonObject(data))
    fail("DH0004", `${where} must be a YAML mapping such as '{key: value}', got ${JSON.stringify(data)}`);
  return data;
}
