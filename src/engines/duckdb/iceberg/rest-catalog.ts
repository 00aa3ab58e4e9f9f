import type { AxiosInstance } from "axios";
import type { JsonObject } from "../../../contracts/json.ts";
import type { TargetCatalog } from "../../../contracts/project.ts";
import { asText, isRecord } from "../../../shared/objects.ts";

/** What is read of a table's metadata. Source: https://iceberg.apache.org/spec/#table-metadata-fields */
export interface TableMetadata {
  readonly "format-version": number;
  readonly "table-uuid": string;
  readonly "last-sequence-number": number;
  readonly "current-schema-id": number;
  readonly "default-spec-id": number;
  readonly schemas: readonly IcebergSchema[];
  readonly "partition-specs": readonly JsonObject[];
  /** As text: the numbers have up to 64 bits. */
  readonly "current-snapshot-id": string | null;
  readonly snapshots?: readonly {
    readonly "snapshot-id": string;
    readonly "manifest-list": string;
    readonly summary?: JsonObject;
  }[];
}

export interface IcebergSchema {
  readonly "schema-id": number;
  readonly fields: readonly JsonObject[];
}

const TIMEOUT_MS = 30_000;

/**
 * The few calls to an Iceberg REST catalog that DuckDB does not make by itself. Knows the logins `none`, bearer token and
 * OAuth2 with client credentials. Source: https://iceberg.apache.org/rest-catalog-spec/
 */
export class RestCatalog {
  private readonly catalog: TargetCatalog;
  private readonly secret: JsonObject;
  private client: Promise<{ http: AxiosInstance; prefix: string }> | null = null;
  /** When the token has to be a new one, in milliseconds; none has been got yet. */
  private validUntil = Infinity;

  /** `secret`: the profile's secret that the catalog names; {} for none. */
  constructor(catalog: TargetCatalog, secret: JsonObject) {
    this.catalog = catalog;
    this.secret = secret;
  }

  /** Null where this catalog's login is none of those known here. */
  static of(catalog: TargetCatalog, secrets: readonly JsonObject[]): RestCatalog | null {
    const { endpoint, secret, authorization_type: login } = catalog.settings;
    if (typeof endpoint !== "string" || /^sigv4$/i.test(asText(login ?? ""))) return null;
    const named = secrets.find((entry) => entry["name"] === secret) ?? {};
    const open = /^none$/i.test(asText(login ?? "")) || "token" in named || "client_id" in named;
    return open ? new RestCatalog(catalog, named) : null;
  }

  async table(schema: string, name: string): Promise<TableMetadata> {
    const { http, prefix } = await this.connect();
    const data = answered(await http.get<string>(tablePath(prefix, schema, name)));
    return (JSON.parse(exactIds(data)) as { metadata: TableMetadata }).metadata;
  }

  /** One atomic commit. Throws where a requirement does not hold any more (409). */
  async commit(schema: string, name: string, requirements: JsonObject[], updates: JsonObject[]): Promise<void> {
    const { http, prefix } = await this.connect();
    const body = numericIds(JSON.stringify({ requirements, updates }));
    const headers = { "content-type": "application/json" };
    answered(await http.post<string>(tablePath(prefix, schema, name), body, { headers }));
  }

  /** Takes the table out of the catalog; its files stay. */
  async unregister(schema: string, name: string): Promise<void> {
    const { http, prefix } = await this.connect();
    answered(await http.delete<string>(tablePath(prefix, schema, name), { params: { purgeRequested: false } }));
  }

  /** Names of a schema's views. */
  async views(schema: string): Promise<string[]> {
    const { http, prefix } = await this.connect();
    const names: string[] = [];
    let page: unknown = "";
    do {
      const params = page === "" ? {} : { pageToken: page };
      const answer = JSON.parse(
        answered(await http.get<string>(`${namespacePath(prefix, schema)}/views`, { params })),
      ) as {
        identifiers?: readonly { readonly name: string }[];
        "next-page-token"?: string | null;
      };
      names.push(...(answer.identifiers ?? []).map(({ name }) => name));
      page = answer["next-page-token"] ?? "";
    } while (page !== "");
    return names;
  }

  /** Also where there is no such view (any more). */
  async dropView(schema: string, name: string): Promise<void> {
    const { http, prefix } = await this.connect();
    const { status, data } = await http.delete<string>(
      `${namespacePath(prefix, schema)}/views/${encodeURIComponent(name)}`,
    );
    if (status !== 404) answered({ status, data });
  }

  /** One atomic step; throws where the new name is taken. */
  async rename(kind: "table" | "view", schema: string, from: string, to: string): Promise<void> {
    const { http, prefix } = await this.connect();
    const namespace = schema.split(".");
    const body = { source: { namespace, name: from }, destination: { namespace, name: to } };
    answered(await http.post<string>(`${prefix}/${kind}s/rename`, body));
  }

  private connect(): Promise<{ http: AxiosInstance; prefix: string }> {
    if (Date.now() >= this.validUntil) this.client = null;
    this.client ??= this.open().catch((error: unknown) => {
      // It may answer the next time.
      this.client = null;
      throw error;
    });
    return this.client;
  }

  private async open(): Promise<{ http: AxiosInstance; prefix: string }> {
    const { default: axios } = await import("axios");
    const { endpoint, warehouse } = this.catalog.settings;
    const baseURL = asText(endpoint).replace(/\/+$/, "");
    const token = await this.token(axios, baseURL);
    const http = axios.create({
      baseURL,
      timeout: TIMEOUT_MS,
      transformResponse: (text: string) => text,
      validateStatus: () => true,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
    const params = warehouse === undefined ? {} : { warehouse };
    const config = JSON.parse(answered(await http.get<string>("/v1/config", { params }))) as {
      defaults?: JsonObject;
      overrides?: JsonObject;
    };
    const prefix = config.overrides?.["prefix"] ?? config.defaults?.["prefix"];
    return { http, prefix: typeof prefix === "string" ? `/v1/${prefix}` : "/v1" };
  }

  private async token(axios: AxiosInstance, baseURL: string): Promise<string | null> {
    const { token, client_id, client_secret, oauth2_server_uri, oauth2_scope } = this.secret;
    if (typeof token === "string") return token;
    if (client_id === undefined) return null;
    const answer = await axios.post<string>(
      asText(oauth2_server_uri ?? `${baseURL}/v1/oauth/tokens`),
      new URLSearchParams({ grant_type: "client_credentials", scope: asText(oauth2_scope ?? "PRINCIPAL_ROLE:ALL") }),
      {
        // As DuckDB says it: a server that lets one of us in lets the other in.
        auth: { username: asText(client_id), password: asText(client_secret ?? "") },
        timeout: TIMEOUT_MS,
        transformResponse: (text: string) => text,
        validateStatus: () => true,
      },
    );
    const said: unknown = JSON.parse(answered(answer));
    if (!isRecord(said)) return null;
    const seconds = Number(said["expires_in"] ?? 3600);
    // A little before, so that none runs out on its way.
    this.validUntil = Date.now() + seconds * 900;
    return asText(said["access_token"]);
  }
}

/** The body of a good answer; else throws what the catalog says, with the status. */
function answered({ status, data }: { status: number; data: string }): string {
  if (status < 300) return data;
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(data)?.[1];
  throw new Error(`the catalog answered ${String(status)}: ${said ?? data.slice(0, 200)}`);
}

/** Snapshot ids are longer than a JSON number can be in JavaScript. */
export function exactIds(text: string): string {
  return text.replaceAll(/("(?:current-)?snapshot-id"\s*:\s*)(-?\d+)/g, '$1"$2"');
}

function numericIds(text: string): string {
  return text.replaceAll(/("snapshot-id":)"(-?\d+)"/g, "$1$2");
}

function tablePath(prefix: string, schema: string, name: string): string {
  return `${namespacePath(prefix, schema)}/tables/${encodeURIComponent(name)}`;
}

function namespacePath(prefix: string, schema: string): string {
  return `${prefix}/namespaces/${schema.split(".").map(encodeURIComponent).join("%1F")}`;
}
