import { inject } from "vitest";
import { TrinoClient } from "../../src/engines/trino/client.ts";
import { readCredentials } from "../../src/engines/trino/credentials.ts";
import { TrinoTransport } from "../../src/engines/trino/transport.ts";
import type { LakehouseStatus } from "../../src/lakehouse/lakehouse.ts";

declare module "vitest" {
  interface ProvidedContext {
    lakehouse: LakehouseStatus;
  }
}

export function trinoPort(): number {
  return Number(new URL(inject("lakehouse").trino?.url ?? "http://down").port);
}

/** A client of its own for looking at what the program did; of the shared Trino unless a port is given. */
export function trinoClient(port = trinoPort()): TrinoClient {
  const profile = { host: "127.0.0.1", port, user: "tests", catalog: "lake", schema: "tests" };
  const read = readCredentials(profile, "/");
  if ("problem" in read) throw new Error(read.problem);
  return new TrinoClient(new TrinoTransport(read.credentials, "tests"), 3);
}

/** Rows of a query, each cell as the protocol gives it. */
export async function trinoRows(sql: string, port?: number): Promise<readonly (readonly unknown[])[]> {
  return (await trinoClient(port).run(sql)).rows;
}
