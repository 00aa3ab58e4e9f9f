import { errorMessage } from "../../shared/objects.ts";

/** What went wrong between us and the server; never with the request itself, which holds the login. */
export interface ConnectionFailure {
  readonly text: string;
  readonly hint: string | null;
  /** It may be over in a moment. */
  readonly passing: boolean;
  /** The request surely did not reach the engine. */
  readonly notAccepted: boolean;
  /** The machine is there, and no server on that port. */
  readonly nobodyListens: boolean;
  readonly retryAfter: number | null;
}

/** What was asked: a statement to begin, or the next page of one that runs. */
export type Asked = "statement" | "page";

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const PASSING_CODES = ["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EPIPE", "EAI_AGAIN", "ERR_NETWORK"];

/** Codes of Node and OpenSSL for a certificate that cannot be trusted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

const GONE = "The server ended or was restarted, and the query with it. Run again when it answers.";

export function connectionFailure(error: unknown, asked: Asked): ConnectionFailure {
  const { response, code, config } = error as {
    response?: Answer;
    code?: string;
    config?: { baseURL?: string };
  };
  const server = config?.baseURL ?? "Trino";
  if (response !== undefined) return answered(server, response, asked);
  return {
    text: `Could not reach ${server}: ${reasonOf(error, code)}`,
    hint: unreachableHint(code ?? "", server, asked),
    passing: code !== undefined && PASSING_CODES.includes(code),
    notAccepted: code === "ECONNREFUSED" || code === "EAI_AGAIN",
    nobodyListens: code === "ECONNREFUSED",
    retryAfter: null,
  };
}

function answered(server: string, { status, data, headers }: Answer, asked: Asked): ConnectionFailure {
  const said = typeof data === "string" && data.length < 500 && !data.includes("<") ? `: ${data.trim()}` : "";
  const seconds = Number(headers["retry-after"]);
  return {
    text: `${server} answered ${String(status)}${said}`,
    hint: answerHint(status, asked),
    passing: [429, 502, 503, 504].includes(status),
    notAccepted: status === 429 || status === 503,
    nobodyListens: false,
    retryAfter: seconds > 0 ? seconds * 1000 : null,
  };
}

function answerHint(status: number, asked: Asked): string | null {
  if (status === 401) return "Look at `method`, `user` and the secrets of the profile.";
  if ((status === 404 || status === 410) && asked === "page") return GONE;
  return null;
}

function reasonOf(error: unknown, code: string | undefined): string {
  const message = errorMessage(error);
  if (code === undefined) return message;
  return `${code}${message.includes(code) || message === "" ? "" : ` (${message})`}`;
}

function unreachableHint(code: string, server: string, asked: Asked): string | null {
  if (CERTIFICATE.test(code))
    return "Name the file of the certificate's authority as `cert: path/to/ca.pem` in the profile. `cert: false` connects without looking at it.";
  if (code === "EPROTO") return "Does this port speak TLS? `http_scheme: http` is for one that does not.";
  if (asked === "page") return GONE;
  if (code === "ENOTFOUND") return "Look at `host` in the profile.";
  const scheme = "A port with TLS needs `http_scheme: https`.";
  if (code.startsWith("HPE_")) return `What answers there speaks no HTTP. ${scheme}`;
  if (!PASSING_CODES.includes(code)) return null;
  const perhaps = server.startsWith("http:") && code === "ECONNRESET" ? ` ${scheme}` : "";
  return `Does Trino run there? \`host\` and \`port\` of the profile say where to look.${perhaps}`;
}
