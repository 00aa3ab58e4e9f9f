import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request: it is passed on, answered with this status, or held until the promise says. */
export type Fault = "pass" | number | Promise<"pass">;

export interface FaultyProxy {
  readonly url: string;
  /** Asked for every request; a test sets it. */
  fault: (method: string, path: string, headers: IncomingMessage["headers"]) => Fault;
  /** Closes the port, as if the server had ended. */
  stop(): Promise<void>;
  /** Opens the same port again. */
  start(): Promise<void>;
}

/** Stands before a server of the lakehouse and breaks what the test wants broken; nothing else of a request is changed. */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  let server: Server | null = null;
  let port = 0;
  const start = async (): Promise<void> => {
    server = createServer((request, response) => void handle(proxy, new URL(target), request, response));
    await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };
  const stop = async (): Promise<void> => {
    const closing = server;
    server = null;
    closing?.closeAllConnections();
    await new Promise<void>((resolve) => (closing === null ? resolve() : closing.close(() => resolve())));
  };
  const proxy: FaultyProxy = {
    get url() {
      return `http://127.0.0.1:${String(port)}`;
    },
    fault: () => "pass",
    start,
    stop,
  };
  await start();
  return proxy;
}

async function handle(
  proxy: FaultyProxy,
  { hostname, port }: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = "GET", url = "/", headers } = incoming;
  const fault = await proxy.fault(method, url, headers);
  if (fault !== "pass") {
    incoming.resume();
    outgoing.writeHead(fault).end();
    return;
  }
  // The body was asked for when it came in; the host stays as it is because signatures cover it.
  const rest = { ...headers };
  delete rest.expect;
  const passed = send({ hostname, port, method, path: url, headers: rest }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on("error", () => outgoing.destroy());
  incoming.pipe(passed);
}
