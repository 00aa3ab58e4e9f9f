import { createReadStream, realpathSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream";

/** Files of other kinds are not served: target/ may hold databases. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".jsonl": "application/x-ndjson; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".sql": "text/plain; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".ico": "image/x-icon",
  ".pdf": "application/pdf",
};

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

export interface ServedFolder {
  readonly folder: string;
  /** What `/` is. */
  readonly page: string;
  /** Listens on this machine alone: then a page from elsewhere that gave its name our address is refused. */
  readonly isLocal: boolean;
}

/** An HTTP server of a folder's files, to be read only. */
export function serveFolder(served: ServedFolder): Server {
  return createServer((request, response) => {
    const answer = answerTo(request, served);
    if (answer.status === 200) send(answer.file, request, response);
    else refuse(response, answer.status);
  });
}

interface File {
  readonly path: string;
  readonly type: string;
  readonly size: number;
}

type Answer = { readonly status: 200; readonly file: File } | { readonly status: 400 | 403 | 404 | 405 };

function answerTo({ method, url = "/", headers }: IncomingMessage, served: ServedFolder): Answer {
  if (served.isLocal && !LOOPBACK.test(headers.host ?? "")) return { status: 403 };
  if (method !== "GET" && method !== "HEAD") return { status: 405 };
  const name = decodedPath(url);
  if (name === null) return { status: 400 };
  const file = name === "/" || name === "/index.html" ? fileAt(served.page) : fileIn(served.folder, name);
  return file === null ? { status: 404 } : { status: 200, file };
}

function decodedPath(url: string): string | null {
  try {
    const path = decodeURIComponent(url.split(/[?#]/)[0] ?? "");
    return path.startsWith("/") && !/[\0\\]/.test(path) ? path : null;
  } catch {
    return null;
  }
}

/** Null: there is no such file in the folder, also where a link in it leads out. */
function fileIn(folder: string, name: string): File | null {
  try {
    const root = realpathSync(folder);
    const path = realpathSync(join(root, name));
    return path.startsWith(root + sep) ? fileAt(path) : null;
  } catch {
    return null;
  }
}

function fileAt(path: string): File | null {
  const type = TYPES[extname(path).toLowerCase()];
  const stats = statSync(path);
  return type !== undefined && stats.isFile() ? { path, type, size: stats.size } : null;
}

function send({ path, type, size }: File, { method }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": type,
    "content-length": size,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  if (method === "HEAD") response.end();
  else if (size === 0) response.end();
  // What is written anew meanwhile is a new file: the open one stays as it was. A reader that goes away is no failure.
  else pipeline(createReadStream(path, { end: size - 1 }), response, () => undefined);
}

const REFUSALS = {
  400: "This is no path.",
  403: "These docs are served to this machine alone; --host serves them to others.",
  404: "There is no such file.",
  405: "Files are only read here.",
} as const;

function refuse(response: ServerResponse, status: keyof typeof REFUSALS): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...(status === 405 ? { allow: "GET, HEAD" } : {}),
  });
  response.end(`${REFUSALS[status]}\n`);
}
