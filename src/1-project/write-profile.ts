import { existsSync, realpathSync, statSync } from "node:fs";
import { isMap, parseDocument, stringify, type Document } from "yaml";
import { diagnostic, DiagnosticError, fail } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import { readTextIfExists, writeFileAtomic } from "../shared/files.ts";
import { isRecord } from "../shared/objects.ts";
import { parseYaml } from "../shared/yaml-file.ts";

/** What profiles.yml has of a profile: its outputs' names, or null where it does not have the profile. */
export function profileOutputs(file: string, profile: string): readonly string[] | null {
  const { data, problems } = parseYaml(readTextIfExists(file) ?? "");
  if (problems.length > 0)
    throw new DiagnosticError(
      problems.map(({ message, line, column }) => diagnostic("DH1002", `YAML: ${message}`, { file, line, column })),
    );
  if (data !== null && !isRecord(data)) fail("DH1019", "profiles.yml must be a mapping of profiles", { file });
  const found = data?.[profile];
  if (found === undefined) return null;
  return isRecord(found) && isRecord(found["outputs"]) ? Object.keys(found["outputs"]) : [];
}

/**
 * Puts an output into profiles.yml: into the profile of that name, else into a new one at the file's end. Everything
 * else in the file stays, comments too.
 */
export function writeProfileOutput(file: string, profile: string, target: string, output: JsonObject): void {
  const before = readTextIfExists(file) ?? "";
  const added = stringify({ [profile]: { target, outputs: { [target]: output } } }, { lineWidth: 0 });
  const appended = before.trim() === "" ? added : `${before.replace(/\n*$/, "\n")}\n${added}`;
  // A text cannot always be added to: a flow mapping (`{}`), or a document's end.
  const read = parseYaml(appended);
  const fits = profileOutputs(file, profile) === null && read.problems.length === 0;
  save(file, fits && isRecord(read.data) && profile in read.data ? appended : edited(before, profile, target, output));
}

function edited(before: string, profile: string, target: string, output: JsonObject): string {
  const document: Document = parseDocument(before, { version: "1.1" });
  if (!isMap(document.contents)) document.contents = document.createNode({});
  if (isMap(document.contents)) document.contents.flow = false;
  if (!isMap(document.get(profile))) document.set(profile, document.createNode({ target, outputs: {} }));
  if (!isMap(document.getIn([profile, "outputs"]))) document.setIn([profile, "outputs"], document.createNode({}));
  const outputs = document.getIn([profile, "outputs"]);
  if (isMap(outputs)) outputs.flow = false;
  document.setIn([profile, "outputs", target], document.createNode(output));
  return document.toString({ lineWidth: 0 });
}

/** A link stays a link, and a file that only its owner may read stays so; a new one is born so, as it may hold secrets. */
function save(file: string, text: string): void {
  const exists = existsSync(file);
  writeFileAtomic(exists ? realpathSync(file) : file, [text], exists ? statSync(file).mode & 0o777 : 0o600);
}
