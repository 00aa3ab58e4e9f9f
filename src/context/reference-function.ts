import type { Flags } from "../contracts/flags.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { PyDict, PyObject, type HostFunction, type Kwargs, type Value } from "../jinja/values.ts";
import { toPython } from "./convert.ts";

/** `ref` and `source`: called as functions; packages read the project's configuration from `builtins.ref.config`. */
export class ReferenceFunction extends PyObject {
  readonly pyType = "RefResolver";
  private readonly run: HostFunction;
  private readonly config: RuntimeConfig;

  constructor(run: HostFunction, facts: ProjectFacts, flags: Flags) {
    super();
    this.run = run;
    this.config = new RuntimeConfig(facts, flags, facts.projectName);
  }

  override call(args: Value[], kwargs: Kwargs): Value {
    return this.run(args, kwargs);
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "config":
        return this.config;
      case "current_project":
        return this.config.getAttribute("project_name");
      default:
        return undefined;
    }
  }
}

/** The parts of dbt's RuntimeConfig that packages look at: names, versions, vars, arguments. */
class RuntimeConfig extends PyObject {
  readonly pyType = "RuntimeConfig";
  private readonly facts: ProjectFacts;
  private readonly flags: Flags;
  private readonly name: string;

  constructor(facts: ProjectFacts, flags: Flags, name: string) {
    super();
    this.facts = facts;
    this.flags = flags;
    this.name = name;
  }

  override getAttribute(name: string): Value | undefined {
    const { facts, flags } = this;
    switch (name) {
      case "project_name":
        return this.name;
      case "version":
        return facts.packageVersions[this.name] ?? null;
      case "project_root":
        return facts.packageRoots[this.name] ?? null;
      case "target_path":
        return facts.targetPath;
      case "target_name":
        return facts.target.name;
      case "profile_name":
        return facts.target.profileName;
      case "threads":
        return facts.target.threads;
      case "args":
        return toPython(flags);
      case "cli_vars":
        return toPython(facts.cliVars);
      case "vars":
        return new ProjectVars(toPython(facts.packageVars[this.name] ?? {}));
      case "dependencies":
        return this.dependencies();
      case "load_dependencies":
        return () => this.dependencies();
      default:
        return undefined;
    }
  }

  /** The root project and its packages by name. */
  private dependencies(): PyDict {
    const names = [this.facts.projectName, ...this.facts.dependencies];
    return PyDict.from(
      Object.fromEntries(names.map((name) => [name, new RuntimeConfig(this.facts, this.flags, name)])),
    );
  }
}

/** `config.vars`: the vars of dbt_project.yml. */
class ProjectVars extends PyObject {
  readonly pyType = "VarProvider";
  private readonly vars: Value;

  constructor(vars: Value) {
    super();
    this.vars = vars;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "vars") return this.vars;
    return name === "to_dict" ? () => this.vars : undefined;
  }
}
