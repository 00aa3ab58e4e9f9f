import type { EngineMethods } from "./adapter-backend.ts";
import type { SqlComment } from "../contracts/engine.ts";
import { DBT_VERSION, type Invocation } from "../contracts/invocation.ts";
import type { Json } from "../contracts/json.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { PyObject, pyStr, raise, type Kwargs, type Value } from "../jinja/values.ts";
import { jsonDumps } from "../jinja/stdlib/json.ts";
import { isRecord } from "../shared/objects.ts";
import { commonMembers, sharedMembers } from "./common-members.ts";
import { toPython } from "./convert.ts";
import { MacroEntry, type MacroRegistry } from "./macro-registry.ts";
import { NodeContext, type Members } from "./node-context.ts";
import { publicNode } from "./node-relation.ts";
import { varFunction } from "./vars.ts";

export interface QueryCommentOptions {
  /** `query-comment` of dbt_project.yml as written; undefined where the key is not there. */
  readonly setting: Json | undefined;
  readonly facts: ProjectFacts;
  readonly invocation: Invocation;
  readonly registry: MacroRegistry;
  readonly engineMethods: EngineMethods;
}

/** `node`: its fields; null for what is no node. */
export type QueryComment = (connection: string, node: object | null) => SqlComment | null;

/**
 * What is sent with every statement. Texts without Jinja and dbt's own comment need no template, so that they cost
 * nothing; others are rendered when it is asked.
 * Source: https://docs.getdbt.com/reference/project-configs/query-comment
 */
export function queryComment(options: QueryCommentOptions): QueryComment {
  const { text, append } = readSetting(options.setting);
  if (text === "") return () => null;
  const render =
    text === null ? defaultComment(options.facts) : /\{[{%#]/.test(text) ? templateComment(text, options) : () => text;
  return (connection, node) => {
    const comment = render(connection, node).trim();
    if (comment === "") return null;
    if (comment.includes("*/")) raise("DbtRuntimeError", `query comment contains illegal value "*/": ${comment}`);
    return { text: comment, append };
  };
}

/** `text`: null for dbt's own comment, "" for none. */
function readSetting(setting: Json | undefined): { text: string | null; append: boolean } {
  if (setting === undefined) return { text: null, append: false };
  if (typeof setting === "string") return { text: setting, append: false };
  if (!isRecord(setting)) return { text: "", append: false };
  const { comment } = setting;
  return {
    text: comment === undefined ? null : typeof comment === "string" ? comment : "",
    append: setting["append"] === true,
  };
}

type Render = (connection: string, node: object | null) => string;

function defaultComment({ target }: ProjectFacts): Render {
  return (connection, node) =>
    jsonDumps(
      toPython({
        app: "dbt",
        dbt_version: DBT_VERSION,
        profile_name: target.profileName,
        target_name: target.name,
        ...(node === null ? { connection_name: connection } : { node_id: connection }),
      }),
    );
}

/** The text is the body of a macro: `return()` works in it. */
function templateComment(text: string, { facts, invocation, registry, engineMethods }: QueryCommentOptions): Render {
  const name = "query_comment_macro";
  const macro = new MacroEntry({
    unique_id: `macro.${facts.projectName}.${name}`,
    name,
    package_name: facts.projectName,
    original_file_path: "dbt_project.yml",
    macro_sql: `{%- macro ${name}(connection_name, node) -%}\n${text}\n{% endmacro %}`,
    _line: 1,
    _column: 1,
    supported_languages: null,
  });
  const members: Members = new Map(
    commonMembers({
      adapter: { facts, registry, backend: null, engineMethods },
      invocation,
      nodeId: null,
      context: () => context,
    }),
  );
  const packageName = facts.projectName;
  const context: NodeContext = new NodeContext({
    registry,
    packageName,
    shared: sharedMembers(facts, invocation),
    members,
  });
  members.set("var", varFunction({ facts, packageName, owner: "query-comment", missing: "error", context }));
  const call = context.bind(macro);
  return (connection, node) => {
    const given = node === null ? null : new CommentedNode(node);
    return pyStr(call([connection, given], Object.create(null) as Kwargs));
  };
}

/** A node in a query comment: what it does not have is an empty text, so that one comment fits nodes of every kind. */
class CommentedNode extends PyObject {
  readonly pyType = "QueryHeaderContextWrapper";
  private readonly node: Record<string, unknown>;

  constructor(node: object) {
    super();
    this.node = publicNode(node);
  }

  override getAttribute(name: string): Value {
    return Object.hasOwn(this.node, name) ? toPython(this.node[name]) : "";
  }
}
