import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { loadPackageConfig } from "../1-project/project-file.ts";
import { contextWithoutProfile } from "../context/config-context.ts";
import { fail } from "../contracts/diagnostic.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { errorCode } from "../shared/files.ts";
import { serveFolder } from "./docs/serve-folder.ts";
import { pageFile } from "./docs/write-page.ts";
import { OK, type CommandResult } from "./result.ts";
import { projectRoot } from "./session.ts";

export interface DocsServeFlags {
  readonly host: string | null;
  readonly port: string | null;
  readonly browser: boolean;
}

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** docs serve: the docs that lie in target/, over HTTP, until a signal comes. */
export async function docsServeCommand(invocation: Invocation, flags: DocsServeFlags): Promise<CommandResult> {
  const host = flags.host ?? invocation.env["DBT_HOST"] ?? "127.0.0.1";
  const port = Number(flags.port ?? "8080");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fail("DH0002", `--port: '${flags.port ?? ""}' is no port`);
  const folder = targetFolder(invocation);
  if (!existsSync(join(folder, "manifest.json")))
    fail("DH1730", `There is no manifest.json in ${folder}`, null, "`docs generate` writes what is served.");
  const stopped = new Promise<void>((done) => {
    process.once("SIGINT", () => done()).once("SIGTERM", () => done());
  });
  const server = serveFolder({ folder, page: pageFile(), isLocal: LOOPBACK.has(host) });
  const address = await listen(server, host, port);
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${String(address.port)}`;
  invocation.emit({ kind: "print", text: `Serving docs at ${url}` });
  invocation.emit({ kind: "print", text: "Press Ctrl+C to exit." });
  if (flags.browser) openBrowser(url, invocation.env["BROWSER"]);
  await stopped;
  server.close();
  server.closeAllConnections();
  return OK;
}

/** Needs no profile: where artifacts lie is said by the flags or the project. */
function targetFolder(invocation: Invocation): string {
  const root = projectRoot(invocation);
  const config = loadPackageConfig(root, contextWithoutProfile(invocation, {}));
  return resolve(root, invocation.flags.target_path ?? config.targetPath);
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  const listening = new Promise<void>((done, failed) => {
    server.once("error", failed).listen(port, host, done);
  });
  try {
    await listening;
  } catch (error) {
    const reason = REASONS[errorCode(error) ?? ""];
    if (reason === undefined) throw error;
    fail(
      "DH1731",
      `The docs cannot be served at ${host}:${String(port)}: ${reason}`,
      null,
      "`--port 0` takes a free one.",
    );
  }
  return server.address() as AddressInfo;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has the port",
  EACCES: "this user may not take the port",
  EADDRNOTAVAIL: "this machine does not have the address",
  ENOTFOUND: "nobody knows the host",
  EAI_AGAIN: "nobody knows the host",
};

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** $BROWSER, else what the system opens addresses with. Where there is none, the address was printed. */
function openBrowser(url: string, browser: string | undefined): void {
  const [command, ...args] =
    browser === undefined || browser === "" ? (OPENERS[process.platform] ?? (["xdg-open"] as const)) : [browser];
  spawn(command, [...args, url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
