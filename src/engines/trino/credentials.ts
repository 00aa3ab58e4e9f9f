import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Json, JsonObject } from "../../contracts/json.ts";
import { asText, errorMessage, isRecord } from "../../shared/objects.ts";

export interface TrinoCredentials {
  readonly server: string;
  readonly user: string;
  /** Catalog and schema that unqualified names mean. */
  readonly database: string;
  readonly schema: string;
  readonly basic: { readonly user: string; readonly password: string } | null;
  readonly bearer: string | null;
  readonly tls: {
    readonly rejectUnauthorized?: boolean;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly headers: Readonly<Record<string, string>>;
  readonly sessionProperties: Readonly<Record<string, string>>;
  readonly clientTags: readonly string[];
  readonly roles: Readonly<Record<string, string>>;
  readonly timezone: string | null;
  /** How often a request is tried in all. */
  readonly attempts: number;
}

export interface Problem {
  readonly problem: string;
  readonly hint: string | null;
}

const METHODS = ["none", "ldap", "certificate", "jwt", "oauth", "oauth_console"] as const;
type Method = (typeof METHODS)[number];

const REFUSED: Readonly<Record<string, string>> = {
  kerberos: "Kerberos needs system libraries that this program does not load. Use method: jwt, certificate or ldap.",
  gssapi: "GSSAPI needs system libraries that this program does not load. Use method: jwt, certificate or ldap.",
};

/** Headers that are made from other keys of the profile. */
export const RESERVED_HEADERS: readonly string[] = [
  ...["catalog", "schema", "source", "user", "original-user", "time-zone", "client-capabilities", "role"],
  ...["client-tags", "session", "prepared-statement", "transaction-id", "extra-credential", "language"],
].map((name) => `x-trino-${name}`);

/** The keys of a dbt-trino output, with its defaults. Source: https://docs.getdbt.com/docs/core/connect-data-platform/trino-setup */
export function readCredentials(
  fields: JsonObject,
  projectRoot: string,
): { credentials: TrinoCredentials; fields: JsonObject } | Problem {
  const method = fields["method"] ?? "none";
  if (typeof method === "string" && method in REFUSED)
    return { problem: `method '${method}' is not supported`, hint: REFUSED[method] ?? null };
  if (!isMethod(method))
    return { problem: `method '${asText(method)}' is unknown`, hint: `Methods: ${METHODS.join(", ")}.` };
  const database = fields["database"] ?? fields["catalog"];
  const named = { ...fields, method, database };
  const missing = ["host", "port", "database", "schema", ...required(method)].filter(
    (key) => !isSet(named[key as keyof typeof named]),
  );
  if (missing.length > 0) {
    const list = missing.map((key) => `'${key === "database" ? "catalog" : key}'`).join(", ");
    return {
      problem: `${list} ${missing.length === 1 ? "is a required property" : "are required properties"}`,
      hint: null,
    };
  }
  const port = Number(fields["port"]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return { problem: `port must be a number from 1 to 65535, got '${asText(fields["port"])}'`, hint: null };
  const headers = textMap(fields["http_headers"]);
  const reserved = Object.keys(headers).find((name) => RESERVED_HEADERS.includes(name.toLowerCase()));
  if (reserved !== undefined)
    return { problem: `http_headers must not set ${reserved}`, hint: "It is made from the profile's other keys." };
  try {
    const scheme = method === "none" ? asText(fields["http_scheme"] ?? "http") : "https";
    const credentials = build({ fields, method, database: asText(database), scheme, port, headers, projectRoot });
    return { credentials, fields: { ...fields, ...publicFields(fields, method, credentials, port) } };
  } catch (error) {
    return { problem: errorMessage(error), hint: "Files are looked for from the project's folder." };
  }
}

function build(given: {
  readonly fields: JsonObject;
  readonly method: Method;
  readonly database: string;
  readonly scheme: string;
  readonly port: number;
  readonly headers: Record<string, string>;
  readonly projectRoot: string;
}): TrinoCredentials {
  const { fields, method, database, scheme, port, headers, projectRoot } = given;
  const text = (key: string): string | null => (isSet(fields[key]) ? asText(fields[key]) : null);
  const token = method === "jwt" ? text("jwt_token") : method.startsWith("oauth") ? bearerOf(headers, text) : null;
  const user = text("user") ?? "";
  return {
    server: `${scheme}://${asText(fields["host"])}:${String(port)}`,
    user: method === "ldap" ? (text("impersonation_user") ?? user) : user,
    database,
    schema: asText(fields["schema"]),
    basic: method === "ldap" ? { user, password: text("password") ?? "" } : null,
    bearer: token,
    tls: scheme === "https" ? readTls(fields, method, projectRoot) : {},
    headers,
    sessionProperties: textMap(fields["session_properties"]),
    clientTags: Array.isArray(fields["client_tags"]) ? fields["client_tags"].map(asText) : [],
    roles: textMap(fields["roles"]),
    timezone: text("timezone"),
    attempts: Math.max(1, Number(fields["retries"] ?? 3)),
  };
}

/** A browser login is not done here: the token comes from the profile or from a header. */
function bearerOf(headers: Readonly<Record<string, string>>, text: (key: string) => string | null): string | null {
  const given = text("jwt_token") ?? text("token");
  if (given !== null) return given;
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization")?.[1];
  if (header !== undefined) return null;
  throw new Error(
    "method 'oauth' opens no browser here: give the token as `jwt_token: \"{{ env_var('DBT_ENV_SECRET_TRINO_TOKEN') }}\"`",
  );
}

/** Certificates are verified unless `cert: false` says not to (suppress_cert_warning has nothing to suppress); `cert` may name a file of authorities. */
function readTls(fields: JsonObject, method: Method, root: string): TrinoCredentials["tls"] {
  const file = (key: string): string => {
    const path = asText(fields[key]);
    return readFileSync(isAbsolute(path) ? path : join(root, path), "utf8");
  };
  const { cert } = fields;
  return {
    rejectUnauthorized: cert !== false,
    ...(typeof cert === "string" ? { ca: file("cert") } : {}),
    ...(method === "certificate" ? { cert: file("client_certificate"), key: file("client_private_key") } : {}),
  };
}

/** What templates see as `target`: dbt-trino's keys, with their defaults. */
function publicFields(fields: JsonObject, method: Method, credentials: TrinoCredentials, port: number): JsonObject {
  return {
    method,
    port,
    user: fields["user"] ?? null,
    database: credentials.database,
    schema: credentials.schema,
    cert: fields["cert"] ?? null,
    prepared_statements_enabled: fields["prepared_statements_enabled"] ?? true,
  };
}

function required(method: Method): string[] {
  switch (method) {
    case "none":
      return ["user"];
    case "ldap":
      return ["user", "password"];
    case "certificate":
      return ["client_certificate", "client_private_key"];
    case "jwt":
      return ["jwt_token"];
    default:
      return [];
  }
}

function isMethod(value: unknown): value is Method {
  return METHODS.some((method) => method === value);
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

function textMap(value: Json | undefined): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asText(entry)]));
}
