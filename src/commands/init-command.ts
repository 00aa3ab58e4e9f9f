import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { isJsonObject, type JsonObject } from "../contracts/json.ts";
import { findProfilesDir } from "../1-project/profiles-dir.ts";
import { readProjectYaml } from "../1-project/project-file.ts";
import { profileOutputs, writeProfileOutput } from "../1-project/write-profile.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asText } from "../shared/objects.ts";
import { Answers } from "./init/answers.ts";
import { OUTPUTS } from "./init/outputs.ts";
import { askTemplate, readProfileTemplate } from "./init/profile-template.ts";
import { writeStarterProject } from "./init/starter-project.ts";
import { OK, type CommandResult } from "./result.ts";

export interface InitOptions {
  readonly name: string;
  readonly skipProfileSetup: boolean;
  readonly overwriteOutput: boolean;
  /** Answers by question; what is not there is asked for. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** What packages of the program itself are called. */
const TAKEN = ["dbt", "dbt_duckdb", "dbt_trino"];

interface Init extends InitOptions {
  readonly invocation: Invocation;
  readonly ask: Answers;
  readonly say: (message: string) => void;
}

/** init: a new project with its profile; in a project, its profile only. */
export async function initCommand(invocation: Invocation, options: InitOptions): Promise<CommandResult> {
  const say: Init["say"] = (message) => invocation.emit({ kind: "log", level: "info", message });
  const init: Init = { ...options, invocation, say, ask: new Answers(options.answers) };
  try {
    const root = resolve(invocation.flags.project_dir);
    if (existsSync(join(root, "dbt_project.yml"))) await setUpProject(init, root);
    else await makeProject(init, root);
  } finally {
    init.ask.close();
  }
  return OK;
}

async function setUpProject(init: Init, root: string): Promise<void> {
  if (init.invocation.flags.profile !== null)
    fail(
      "DH1723",
      "Can not init existing project with specified profile, edit dbt_project.yml instead",
      { file: join(root, "dbt_project.yml") },
      "Its line `profile:` names the profile.",
    );
  if (init.skipProfileSetup) return;
  const { data } = readProjectYaml(root);
  const profile = isJsonObject(data) ? data["profile"] : undefined;
  if (typeof profile !== "string")
    fail("DH1010", "No profile was specified for this project", { file: join(root, "dbt_project.yml") }, null);
  await setUpProfile(init, root, profile);
}

async function makeProject(init: Init, folder: string): Promise<void> {
  const { flags } = init.invocation;
  const given = flags.profile === null ? null : knownProfile(profilesFile(init, folder), flags.profile);
  const refuse = (name: string): string | null => {
    if (!/^[A-Za-z_]\w*$/.test(name)) return `'${name}' is not a valid project name: letters, digits and underscores.`;
    if (TAKEN.includes(name)) return `'${name}' is not a valid project name: a package of this program has it.`;
    return existsSync(join(folder, name)) ? `A project called ${name} already exists here.` : null;
  };
  if (init.name !== "" && existsSync(join(folder, init.name))) {
    init.say(`A project called ${init.name} already exists here.`);
    return;
  }
  const text = "Enter a name for your project (letters, digits, underscore)";
  const name = init.name !== "" && refuse(init.name) === null ? init.name : await nameOf(init, { text, refuse });
  const root = join(folder, name);
  writeStarterProject(root, name, given ?? name);
  init.say(`Your new dbt project "${name}" was created!`);
  if (given === null && !init.skipProfileSetup) await setUpProfile(init, root, name);
  init.say(`Next: \`cd ${name}\`, then \`duckhouse-dbt build\`.`);
}

async function nameOf(
  { name, ask, say }: Init,
  { text, refuse }: { text: string; refuse: (name: string) => string | null },
): Promise<string> {
  const problem = name === "" ? null : refuse(name);
  if (problem !== null) {
    if (!ask.isInteractive) fail("DH1722", problem);
    say(problem);
  }
  return ask.text({ key: "name", text, refuse });
}

function profilesFile({ invocation }: Init, root: string): string {
  return join(findProfilesDir(invocation.flags.profiles_dir, root), "profiles.yml");
}

function knownProfile(file: string, profile: string): string {
  if (profileOutputs(file, profile) !== null) return profile;
  return fail("DH1011", `Could not find profile named '${profile}'`, { file }, "Without --profile, init makes one.");
}

async function setUpProfile(init: Init, root: string, profile: string): Promise<void> {
  const { ask, say, invocation } = init;
  const file = profilesFile(init, root);
  say("Setting up your profile.");
  const made = await newOutput(init, root);
  const target = made.target ?? invocation.flags.target ?? "dev";
  if (profileOutputs(file, profile)?.includes(target) === true && !init.overwriteOutput) {
    const text = `The profile ${profile} already has the output '${target}' in ${file}. Overwrite it? (y/n)`;
    const overwrite =
      ask.isInteractive && (await ask.ask({ key: "overwrite_output", text, kind: "boolean", initial: "n" }));
    if (overwrite !== true) {
      say(`Kept the output '${target}' of ${profile} in ${file}; --overwrite-output replaces it.`);
      return;
    }
  }
  writeProfileOutput(file, profile, target, made.output);
  say(`Profile ${profile} written to ${file}, output '${target}'.`);
  const catalogs = join(root, "catalogs.yml");
  if (made.catalogs === null || existsSync(catalogs)) return;
  writeFileSync(catalogs, made.catalogs, { flag: "wx" });
  say(`Wrote ${catalogs}: the catalog that both engines use.`);
}

interface Made {
  readonly output: JsonObject;
  readonly target: string | null;
  readonly catalogs: string | null;
}

async function newOutput({ ask, invocation }: Init, root: string): Promise<Made> {
  const template = readProfileTemplate(root);
  if (template !== null) {
    const { target, ...output } = await askTemplate(template.prompts, ask, template.fixed);
    return { output, target: target === undefined ? null : asText(target), catalogs: null };
  }
  const text = "Which database would you like to use?";
  const names = Object.keys(OUTPUTS);
  const adapter = await ask.text({ key: "adapter", text, choices: names, initial: "duckdb" });
  const make = OUTPUTS[adapter];
  if (make === undefined) return fail("DH1722", `'${adapter}' is no adapter`, null, didYouMean(adapter, names));
  return { ...(await make(ask, invocation.flags.threads)), target: null };
}
