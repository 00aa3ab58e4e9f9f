import type { Json, JsonObject } from "../../contracts/json.ts";
import { asText } from "../../shared/objects.ts";
import { answered, type Answers } from "./answers.ts";

/** A new output of a profile; `catalogs` is the text of the catalogs.yml that it needs. */
export interface NewOutput {
  readonly output: JsonObject;
  readonly catalogs: string | null;
}

type MakeOutput = (answers: Answers, threads: number | null) => Promise<NewOutput>;

/** What each adapter is asked for. Passwords are never written: the profile names the variable that holds them. */
export const OUTPUTS: Readonly<Record<string, MakeOutput>> = {
  duckdb: async (answers, threads) => ({
    output: { type: "duckdb", ...(await duckdbFields(answers)), threads: threads ?? 4 },
    catalogs: null,
  }),
  trino: async (answers, threads) => ({
    output: {
      type: "trino",
      ...(await trinoFields(answers, {})),
      threads: threads ?? 4,
    },
    catalogs: null,
  }),
  duckhouse: hybridOutput,
};

async function duckdbFields(answers: Answers): Promise<JsonObject> {
  return {
    path: await answers.ask({ key: "path", text: "path (of the database file, or :memory:)", initial: "dev.duckdb" }),
    schema: await answers.ask({ key: "schema", text: "schema", initial: "main" }),
  };
}

async function trinoFields(answers: Answers, usual: JsonObject): Promise<JsonObject> {
  const method = await answers.text({
    key: "method",
    text: "method (how to log in)",
    choices: ["none", "ldap", "jwt", "certificate"],
    initial: "none",
  });
  const withUsual = (key: string): { initial?: Json } => (usual[key] === undefined ? {} : { initial: usual[key] });
  const host = await answers.ask({ key: "host", text: "host (of the Trino server)", ...withUsual("host") });
  const port = await answers.ask({
    key: "port",
    text: "port",
    kind: "number",
    initial: usual["port"] ?? (method === "none" ? 8080 : 443),
  });
  const user = method === "jwt" ? null : await answers.ask({ key: "user", text: "user", ...withUsual("user") });
  const login = await loginFields(answers, method);
  const catalog = await answers.ask({
    key: "catalog",
    text: "catalog (the database in Trino)",
    ...withUsual("catalog"),
  });
  const schema = await answers.ask({ key: "schema", text: "schema", ...withUsual("schema") });
  return answered({ method, host, port, user, ...login, catalog, schema });
}

async function loginFields(answers: Answers, method: string): Promise<JsonObject> {
  const variable = async (text: string, initial: string): Promise<string> => {
    const name = await answers.text({ key: "password_env", text, initial, refuse: notAVariable });
    return `{{ env_var('${name}') }}`;
  };
  switch (method) {
    case "ldap":
      return {
        password: await variable("environment variable that holds the password", "DBT_ENV_SECRET_TRINO_PASSWORD"),
      };
    case "jwt":
      return { jwt_token: await variable("environment variable that holds the token", "DBT_ENV_SECRET_TRINO_TOKEN") };
    case "certificate":
      return {
        client_certificate: await answers.ask({ key: "client_certificate", text: "client_certificate (a PEM file)" }),
        client_private_key: await answers.ask({ key: "client_private_key", text: "client_private_key (a PEM file)" }),
      };
    default:
      return {};
  }
}

function notAVariable(name: string): string | null {
  return /^[A-Za-z_]\w*$/.test(name) ? null : `'${name}' is no name of an environment variable`;
}

/** Both engines, and the Iceberg catalog between them; the defaults are what `lakehouse up` starts. */
async function hybridOutput(answers: Answers, threads: number | null): Promise<NewOutput> {
  const path = await answers.ask({ key: "path", text: "path (of DuckDB's database file)", initial: "dev.duckdb" });
  const { schema, ...trino } = await trinoFields(answers, {
    host: "127.0.0.1",
    port: 18_080,
    user: "demo",
    catalog: "lake",
    schema: "analytics",
  });
  const name = trino["catalog"] ?? "lake";
  const url = await answers.text({
    key: "catalog_url",
    text: "catalog_url (of the Iceberg REST catalog that both engines use)",
    initial: "http://127.0.0.1:18090",
  });
  const warehouse = await answers.text({ key: "warehouse", text: "warehouse (of that catalog)", initial: "warehouse" });
  const endpoint = await answers.ask({
    key: "s3_endpoint",
    text: "s3_endpoint (where its files are)",
    initial: "127.0.0.1:18085",
  });
  const secret = {
    type: "s3",
    endpoint,
    key_id: "{{ env_var('LAKE_S3_KEY', 'lake') }}",
    secret: "{{ env_var('LAKE_S3_SECRET', 'lakesecret') }}",
    url_style: "path",
    use_ssl: false,
    region: "us-east-1",
  };
  return {
    output: {
      type: "duckhouse",
      default_engine: "duckdb",
      catalog: name,
      threads: threads ?? 4,
      schema: schema ?? "analytics",
      engines: { duckdb: { path, secrets: [secret] }, trino },
    },
    catalogs: catalogsText(asText(name), url, warehouse),
  };
}

function catalogsText(name: string, url: string, warehouse: string): string {
  return `# The Iceberg catalog that DuckDB and Trino share.
catalogs:
  - name: ${name}
    type: iceberg_rest
    table_format: iceberg
    config:
      duckdb:
        endpoint: ${JSON.stringify(url)}
        warehouse: ${JSON.stringify(warehouse)}
        authorization_type: none
        access_delegation_mode: none
      trino:
        catalog: ${name}
`;
}
