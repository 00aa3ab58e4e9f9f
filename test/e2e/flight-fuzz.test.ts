import { status } from "@grpc/grpc-js";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeFields } from "../../src/flight/protobuf.ts";
import { pack } from "../../src/flight/sql/any.ts";
import { streamMessages } from "../support/arrow-stream.ts";
import { FlightClient } from "../support/flight-client.ts";
import { ended, serve } from "../support/flight-server.ts";
import { random, type Random } from "../support/random.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** FUZZ_CASES and FUZZ_SEED look further by hand. */
const CASES = Number(process.env["FUZZ_CASES"] ?? 300);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const AT_ONCE = 10;
/** An answer that takes longer is none. */
const HANGS_MS = 30_000;

/** Ends that say that the server is at fault, or is not there. */
const BAD = new Set<number>([
  status.UNKNOWN,
  status.INTERNAL,
  status.DEADLINE_EXCEEDED,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

const work = temporaryFolder();
let server: ChildProcess;
let port: number;
let client: FlightClient;

beforeAll(async () => {
  writeProject(work.path, { "models/wards.sql": "select 1 as id, 'north' as name" });
  const built = await run(["run"], work.path);
  expect(built.code, built.stdout).toBe(0);
  ({ child: server, port } = await serve(work.path));
  client = new FlightClient(port);
});

afterAll(async () => {
  client.close();
  if (server.exitCode === null) await ended(server);
  work[Symbol.dispose]();
});

interface Call {
  readonly method: string;
  readonly messages: readonly Buffer[];
}

const command = (bytes: Uint8Array | string): Buffer =>
  encodeFields([
    [1, 2],
    [2, bytes],
  ]);
const ticket = (bytes: Uint8Array | string): Buffer => encodeFields([[1, bytes]]);
const action = (name: string, body: Uint8Array | string = ""): Buffer =>
  encodeFields([
    [1, name],
    [2, body],
  ]);
const statement = pack("CommandStatementQuery", encodeFields([[1, "select * from wards"]]));
const ingestion = pack(
  "CommandStatementIngest",
  encodeFields([
    [
      1,
      encodeFields([
        [1, 1],
        [2, 3],
      ]),
    ],
    [2, "fuzzed_sql"],
  ]),
);

function upload(file: string, descriptor: Buffer): Call {
  const stream = readFileSync(join(import.meta.dirname, "flight-seeds", file));
  const messages = streamMessages(stream).map(({ header, body }, index) =>
    encodeFields([
      [1, index === 0 ? descriptor : undefined],
      [2, header],
      [1000, body],
    ]),
  );
  return { method: "DoPut", messages };
}

/** xorq's upload_table of `visits`. */
const PICKLED = "gAWVOQAAAAAAAAB9lCiMCnRhYmxlX25hbWWUjAZ2aXNpdHOUjAZrd2FyZ3OUfZSMBnRhcmdldJSMBmR1Y2tkYpRzdS4=";

/** Calls that are right; the others are made of them. */
const SEEDS: readonly Call[] = [
  ...[statement, JSON.stringify({ sql: "select * from wards" }), JSON.stringify({ table: "wards" })].flatMap(
    (bytes) => [
      { method: "GetFlightInfo", messages: [command(bytes)] },
      { method: "GetSchema", messages: [command(bytes)] },
    ],
  ),
  {
    method: "GetFlightInfo",
    messages: [
      encodeFields([
        [1, 1],
        [3, "wards"],
      ]),
    ],
  },
  ...["CommandGetTables", "CommandGetDbSchemas", "CommandGetSqlInfo", "CommandGetPrimaryKeys"].map((name) => ({
    method: "DoGet",
    messages: [
      ticket(
        pack(
          name,
          encodeFields([
            [1, "shop"],
            [2, "main"],
            [3, "w%"],
          ]),
        ),
      ),
    ],
  })),
  { method: "DoGet", messages: [ticket(JSON.stringify({ sql: "select * from wards", latency: "low" }))] },
  { method: "DoGet", messages: [ticket(pack("TicketStatementQuery", ticket('{"sql":"select 1","query_id":"q"}')))] },
  { method: "ListFlights", messages: [ticket("")] },
  {
    method: "Handshake",
    messages: [
      encodeFields([
        [1, 1],
        [2, "hello"],
      ]),
    ],
  },
  ...["healthcheck", "list_tables", "CloseSession", "GetSessionOptions", "BeginTransaction"].map((name) => ({
    method: "DoAction",
    messages: [action(name)],
  })),
  ...[
    action("list_tables", Buffer.from("gAV9lC4=", "base64")),
    action("table_info", Buffer.from("gAWVGQAAAAAAAAB9lIwKdGFibGVfbmFtZZSMBXdhcmRzlHMu", "base64")),
    action("route", '{"sql": "select * from wards"}'),
    action("table_info", '{"table": "wards"}'),
    action("cancel", '{"query_id": "1"}'),
    action(
      "EndTransaction",
      pack(
        "ActionEndTransactionRequest",
        encodeFields([
          [1, "x"],
          [2, 1],
        ]),
      ),
    ),
    action("CreatePreparedStatement", pack("ActionCreatePreparedStatementRequest", ticket("select ?"))),
    action("CancelFlightInfo", ticket(encodeFields([[3, encodeFields([[1, ticket(statement)]])]]))),
    action(
      "SetSessionOptions",
      ticket(
        encodeFields([
          [1, "catalog"],
          [2, ticket("shop")],
        ]),
      ),
    ),
  ].map((message) => ({ method: "DoAction", messages: [message] })),
  ...["plain.arrows", "lz4.arrows", "zstd.arrows"].flatMap((file) => {
    const plain = upload(file, command('{"table": "fuzzed", "mode": "replace", "target": "duckdb"}'));
    return [plain, plain, upload(file, command(ingestion)), upload(file, command(Buffer.from(PICKLED, "base64")))];
  }),
];

/** What lengths and offsets trip over. */
const EDGES = [0, 1, -1, 0x7fffffff, -0x80000000, 0x10000000, 255, 65_536];

function mutated(bytes: Buffer, { below, pick }: Random): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return Buffer.from([below(256)]);
  const at = below(copy.length);
  switch (below(7)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    case 1:
      copy[at] = below(256);
      return copy;
    case 2: {
      // Numbers lie at multiples of 4 as a rule.
      const start = Math.max(0, Math.min(at & ~3, copy.length - 4));
      if (copy.length >= 4) copy.writeInt32LE(pick(EDGES), start);
      return copy;
    }
    case 3:
      return copy.subarray(0, at);
    case 4:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(below(copy.length))]);
    case 5:
      return Buffer.concat([copy, copy]);
    default:
      return Buffer.from(Array.from({ length: below(64) }, () => below(256)));
  }
}

function mutatedCall(seeds: readonly Call[], source: Random): Call {
  const { below, pick } = source;
  const call = pick(seeds);
  const messages = [...call.messages];
  for (let times = 1 + below(3); times > 0; times--) {
    const index = below(messages.length);
    const message = messages[index] ?? Buffer.alloc(0);
    const what = below(12);
    if (what === 0) messages.splice(index, 1);
    else if (what === 1) messages.push(message);
    else if (what === 2) messages.splice(index, 0, pick(pick(seeds).messages));
    else messages[index] = mutated(message, source);
    if (messages.length === 0) messages.push(Buffer.alloc(0));
  }
  return { method: call.method, messages };
}

/** Changes inside a batch's metadata or body, with everything around them whole. */
function mutatedBatch(call: Call, source: Random): Call {
  const messages = [...call.messages];
  const index = source.below(messages.length);
  messages[index] = Buffer.concat(messages.slice(index, index + 1));
  const message = messages[index] ?? Buffer.alloc(0);
  const at = 24 + source.below(Math.max(1, message.length - 28));
  if (at + 4 <= message.length) message.writeInt32LE(source.pick(EDGES), at);
  return { method: call.method, messages };
}

test("whatever is sent, there is a status, and the server goes on", async () => {
  const source = random(SEED);
  const uploads = SEEDS.filter(({ method }) => method === "DoPut");
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  for (const call of SEEDS) await oneCall(call, faults, statuses);
  expect(statuses.get(status.OK)).toBeGreaterThan(20);
  for (let done = 0; done < CASES; done += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, () =>
      source.below(2) === 0 ? mutatedBatch(source.pick(uploads), source) : mutatedCall(SEEDS, source),
    );
    await Promise.all(calls.map((call) => oneCall(call, faults, statuses)));
    expect(server.exitCode ?? server.signalCode, `after case ${String(done)}`).toBeNull();
    expect(faults.slice(0, 3)).toEqual([]);
  }
  expect(statuses.get(status.INVALID_ARGUMENT)).toBeGreaterThan(CASES / 10);
  expect((await client.get({ sql: "select i from visits" })).numRows).toBe(3);
  expect((await client.get({ sql: "select id, name from wards" })).toString()).toContain("north");
});

async function oneCall(call: Call, faults: string[], statuses: Map<number, number>): Promise<void> {
  const { code, details } = await client.outcome(call.method, call.messages, HANGS_MS);
  statuses.set(code, (statuses.get(code) ?? 0) + 1);
  if (BAD.has(code))
    faults.push(
      `${call.method}: ${String(code)} ${details} of ${call.messages.map((m) => m.toString("base64")).join(" ")}`,
    );
}
