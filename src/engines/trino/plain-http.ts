import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest, type Agent } from "node:https";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** What trino-client settled from the options it was given. */
export interface HttpSettings {
  readonly baseURL: string;
  readonly httpsAgent?: Agent;
  readonly auth?: { readonly username: string; readonly password: string };
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds without a byte from the server. */
  readonly timeout?: number;
}

export interface HttpRequest {
  /** Whole, or a path of the server. */
  readonly url: string;
  readonly method?: string;
  readonly data?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Names of variables that axios takes a proxy from. */
const PROXY = /^(?:npm_config_)?(?:https?_proxy|all_proxy|proxy)$/i;

const UNPACK: Readonly<Record<string, (packed: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Whether a request may have to go through a proxy: then it is axios' to find the way. */
export function mayNeedProxy(env: NodeJS.ProcessEnv): boolean {
  return Object.entries(env).some(([name, value]) => value !== undefined && value !== "" && PROXY.test(name));
}

/**
 * Sends a text and gives what is answered, whatever its status. Throws the errors of Node, with `ECONNABORTED` where the
 * server said nothing for too long.
 */
export function sendPlainly(settings: HttpSettings, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url, settings.baseURL);
    const isSecure = url.protocol === "https:";
    const options = {
      method: request.method ?? "GET",
      headers: headerLines(url, settings, request.data),
      // Without one, Node keeps connections open by itself.
      ...(isSecure && settings.httpsAgent !== undefined && { agent: settings.httpsAgent }),
    };
    const sent = (isSecure ? httpsRequest : httpRequest)(url, options, (message) => {
      read(message).then(resolve, reject);
    });
    sent.on("error", reject);
    const { timeout } = settings;
    if (timeout !== undefined) sent.setTimeout(timeout, () => sent.destroy(silence(timeout)));
    sent.end(request.data);
  });
}

/** As a flat list Node writes headers as they are; one by one it looks at each of them several times. */
function headerLines({ host }: URL, { headers, auth }: HttpSettings, data: string | undefined): string[] {
  const lines = ["Host", host];
  for (const [name, value] of Object.entries(headers)) if (value !== "") lines.push(name, value);
  if (auth !== undefined) lines.push("Authorization", `Basic ${base64(`${auth.username}:${auth.password}`)}`);
  if (data !== undefined)
    lines.push("Content-Type", "text/plain; charset=utf-8", "Content-Length", String(Buffer.byteLength(data)));
  return lines;
}

async function read(message: IncomingMessage): Promise<HttpAnswer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const { statusCode: status = 0, headers } = message;
  const body = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  const unpack = body.length === 0 ? undefined : UNPACK[headers["content-encoding"] ?? ""];
  return { status, headers, text: (unpack?.(body) ?? body).toString("utf8") };
}

function silence(timeout: number): Error {
  return Object.assign(new Error(`timeout of ${String(timeout)}ms exceeded`), { code: "ECONNABORTED" });
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
