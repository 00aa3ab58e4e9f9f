import { BasicAuth, Trino } from "trino-client";
import { isRecord } from "../../shared/objects.ts";
import type { Column } from "./cells.ts";
import { parseExactJson } from "./exact-json.ts";
import type { TrinoCredentials } from "./credentials.ts";
import type { TrinoFailure } from "./errors.ts";
import { mayNeedProxy, sendPlainly, type HttpRequest, type HttpSettings } from "./plain-http.ts";

export interface PageColumn extends Column {
  readonly name: string;
}

/** One page of the statement protocol. Source: https://trino.io/docs/current/develop/client-protocol.html */
export interface Page {
  readonly id: string;
  readonly nextUri?: string;
  readonly columns?: readonly PageColumn[];
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: TrinoFailure;
  readonly stats?: { readonly state: string; readonly progressPercentage?: number };
  readonly updateType?: string;
  readonly updateCount?: number | string;
}

/** The part of trino-client that it keeps to itself. */
interface InnerClient {
  readonly clientConfig: HttpSettings & {
    headers: Record<string, string>;
    timeout?: number;
    transformResponse?: (body: unknown, headers: Headers) => unknown;
  };
  request(request: HttpRequest): Promise<unknown>;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Trino holds a request for a second at most; one that waits this long talks to nobody. The Python client waits as long. */
const REQUEST_MS = 30_000;

/**
 * trino-client with its gaps closed. Its public iterator swallows pages without rows (no query id, no progress, no error
 * before the first row), rounds bigints, and knows one `SET SESSION` at a time. So pages are asked for one by one through
 * the client that it wraps, which keeps login, TLS and proxies its own; this file is the only one that knows. Where no
 * proxy and no redirect is in the way, requests go past axios (plain-http.ts), which took a third of a run's CPU time.
 */
export class TrinoTransport {
  private readonly inner: InnerClient;
  private readonly session: Map<string, string>;
  private readonly roles: Map<string, string>;
  private readonly prepared = new Map<string, string>();
  private readonly fixed: Readonly<Record<string, string>>;
  private routing: Readonly<Record<string, string>> = {};
  private readonly isProxied = mayNeedProxy(process.env);

  constructor(credentials: TrinoCredentials, source: string, requestMs = REQUEST_MS) {
    const { basic, bearer, clientTags, timezone } = credentials;
    this.session = new Map(Object.entries(credentials.sessionProperties));
    this.roles = new Map(Object.entries(credentials.roles).map(([catalog, role]) => [catalog, roleText(role)]));
    this.fixed = {
      ...credentials.headers,
      "User-Agent": source,
      "X-Trino-User": credentials.user,
      // Without it, timestamps are cut to milliseconds.
      "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
      // Pages are mostly a few hundred bytes of progress: unpacking them took a third of a run's CPU time.
      "Accept-Encoding": "identity",
      ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
      ...(clientTags.length === 0 ? {} : { "X-Trino-Client-Tags": clientTags.join(",") }),
      ...(timezone === null ? {} : { "X-Trino-Time-Zone": timezone }),
    };
    const trino = Trino.create({
      server: credentials.server,
      source,
      catalog: credentials.database,
      schema: credentials.schema,
      // The options go to Node's https.Agent as they are.
      ssl: { ...credentials.tls, ...({ keepAlive: true } as object) },
      ...(basic === null ? {} : { auth: new BasicAuth(basic.user, basic.password) }),
    });
    this.inner = (trino as unknown as { client: InnerClient }).client;
    this.inner.clientConfig.timeout = requestMs;
    this.inner.clientConfig.transformResponse = (body, headers) => {
      this.follow(headers);
      return typeof body === "string" ? parsed(body) : body;
    };
  }

  /** Headers of the node that runs now; they win over the profile's, and go when the next node comes. */
  route(headers: Readonly<Record<string, string>>): void {
    const sent = this.inner.clientConfig.headers;
    for (const name of Object.keys(this.routing)) setOrDelete(sent, name, "");
    this.routing = headers;
  }

  async submit(sql: string): Promise<Page> {
    return asPage(await this.send({ url: "/v1/statement", method: "POST", data: sql }));
  }

  async next(uri: string): Promise<Page> {
    return asPage(await this.send({ url: uri }));
  }

  /** Ends a query, whoever waits for its pages. */
  async cancel(queryId: string): Promise<void> {
    await this.send({ url: `/v1/query/${queryId}`, method: "DELETE" });
  }

  private async send(request: HttpRequest): Promise<unknown> {
    this.setHeaders();
    if (this.isProxied) return this.inner.request(request);
    const { clientConfig } = this.inner;
    const { baseURL } = clientConfig;
    const answer = await sendPlainly(clientConfig, request).catch((error: unknown) => {
      throw Object.assign(error as Error, { config: { baseURL } });
    });
    const { status, headers, text } = answer;
    if (status >= 300 && status < 400 && headers.location !== undefined) return this.inner.request(request);
    if (status < 200 || status >= 300)
      throw Object.assign(new Error(`status ${String(status)}`), {
        config: { baseURL },
        response: { status, headers, data: text },
      });
    this.follow(headers);
    return parsed(text);
  }

  private setHeaders(): void {
    const { headers } = this.inner.clientConfig;
    Object.assign(headers, this.fixed, this.routing);
    setOrDelete(headers, "X-Trino-Session", pairs(this.session));
    setOrDelete(headers, "X-Trino-Role", pairs(this.roles));
    setOrDelete(headers, "X-Trino-Prepared-Statement", pairs(this.prepared));
  }

  /** USE, SET SESSION, SET ROLE, PREPARE and their opposites answer with headers that the next request must carry. */
  private follow(headers: Headers): void {
    const sent = this.inner.clientConfig.headers;
    for (const name of ["Catalog", "Schema"]) {
      const now = textOf(headers[`x-trino-set-${name.toLowerCase()}`]);
      if (now !== "") setOrDelete(sent, `X-Trino-${name}`, now);
    }
    const each = (name: string, use: (key: string, value: string) => void): void => {
      for (const pair of textOf(headers[name]).split(",")) {
        const at = pair.indexOf("=");
        if (pair.trim() !== "")
          use((at < 0 ? pair : pair.slice(0, at)).trim(), at < 0 ? "" : decode(pair.slice(at + 1)));
      }
    };
    each("x-trino-set-session", (key, value) => this.session.set(key, value));
    each("x-trino-clear-session", (key) => this.session.delete(key));
    each("x-trino-set-role", (key, value) => this.roles.set(key, value));
    each("x-trino-added-prepare", (key, value) => this.prepared.set(key, value));
    each("x-trino-deallocated-prepare", (key) => this.prepared.delete(key));
  }
}

/** Whatever else answers with 200, a proxy or a login page, must not pass for the end of a result. */
function asPage(answer: unknown): Page {
  if (isRecord(answer) && typeof answer["id"] === "string") return answer as unknown as Page;
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  throw new Error(`answered 200 with something that Trino does not say: ${text.slice(0, 200)}`);
}

/** A proxy's or a login's answer may be no JSON. */
function parsed(body: string): unknown {
  try {
    return parseExactJson(body);
  } catch {
    return body;
  }
}

/** Node gives a header that came twice as one text, by commas; axios may give it as a list. */
function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(",") : (header ?? "");
}

function roleText(role: string): string {
  return /^(NONE|ALL|ROLE\{.*\})$/.test(role) ? role : `ROLE{${role}}`;
}

function pairs(map: ReadonlyMap<string, string>): string {
  return [...map].map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join(",");
}

function decode(text: string): string {
  return decodeURIComponent(text.trim().replaceAll("+", "%20"));
}

function setOrDelete(headers: Record<string, string>, name: string, value: string): void {
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- an empty header means something else than none
  if (value === "") delete headers[name];
  else headers[name] = value;
}
