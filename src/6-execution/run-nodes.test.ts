import { expect, test } from "vitest";
import type { RenderJob } from "../contracts/bridge.ts";
import type { Flags } from "../contracts/flags.ts";
import type { Manifest, ManifestNode } from "../contracts/manifest.ts";
import type { RelationCache } from "./relation-cache.ts";
import type { JobOutcome, RenderPool } from "./render-pool.ts";
import { runNodes, type RunNodesOptions, type RunStep } from "./run-nodes.ts";

const FULL: JobOutcome = {
  ok: false,
  error: { engine: { code: "FULL" }, message: "", frames: [], own: null, compiled: null, part: null } as never,
};

function node(id: string, own: Partial<ManifestNode> = {}): ManifestNode {
  const name = id.split(".").at(-1) ?? id;
  return {
    unique_id: id,
    name,
    resource_type: "model",
    relation_name: `"db"."s"."${name}"`,
    config: {},
    ...own,
  } as never;
}

const COPY = node("transfer.model.p.big", { _transfer: { relation: "big", from: "trino", to: ["duckdb"] } });

function step(of: ManifestNode): RunStep {
  return { id: of.unique_id, dependsOn: [], node: of, silent: false };
}

/** Runs nodes of which `full` does not fit its first engine and needs the copy on the other one. */
async function statuses(
  nodes: readonly ManifestNode[],
  own: Pick<RunNodesOptions, "isNeeded" | "copyAgain"> = {},
  answer?: RenderPool["run"],
): Promise<{ ran: string[]; statuses: Record<string, string> }> {
  const ran: string[] = [];
  const run = async (_job: RenderJob, id: string | null): Promise<JobOutcome & { thread: string }> => {
    ran.push(id ?? "");
    await Promise.resolve();
    const isFull = id === "model.p.full" && ran.filter((other) => other === id).length === 1;
    return { ...(isFull ? FULL : { ok: true, result: { response: { _message: "OK" } } }), thread: "Thread-1" } as never;
  };
  const pool = { run: answer ?? run } as unknown as RenderPool;
  const place = { pool, cache: {} as RelationCache, conflictCodes: [] };
  const results = await runNodes({
    ...own,
    steps: nodes.map(step),
    manifest: { nodes: {} } as unknown as Manifest,
    of: () => place,
    fallBack: (id) =>
      Promise.resolve(id === COPY.unique_id ? null : { node: node(id), copies: [COPY], notice: `${id} falls back` }),
    startedAt: new Date(0),
    emit: () => undefined,
    flags: { select: [] } as unknown as Flags,
    targetPath: "target",
    threads: 2,
    mode: "run",
    cancelled: () => false,
    skipsFail: false,
    skipAll: false,
  });
  return { ran, statuses: Object.fromEntries(results.map((one) => [one.unique_id, one.status])) };
}

test("a copy that is planned and that a fallback needs at the same time is made once", async () => {
  const { ran, statuses: ended } = await statuses([node("model.p.full"), COPY]);
  expect(ran.filter((id) => id === COPY.unique_id)).toHaveLength(1);
  expect(ended).toEqual({ "model.p.full": "success", [COPY.unique_id]: "success" });
});

test("a fallback does not make anew what still holds", async () => {
  const { ran } = await statuses([node("model.p.full")], { isNeeded: (id) => Promise.resolve(id !== COPY.unique_id) });
  expect(ran).toEqual(["model.p.full", "model.p.full"]);
});

test("a copy that another run made at the same time is made again, and not for ever", async () => {
  const isRace = (): boolean => true;
  expect((await copied(2, isRace)).status).toBe("success");
  expect(await copied(2, () => false)).toEqual({ status: "error", attempts: 1 });
  expect((await copied(1000, isRace)).status).toBe("error");
});

/** Makes a copy that fails so many times. */
async function copied(failures: number, copyAgain: () => boolean): Promise<{ status?: string; attempts: number }> {
  let attempts = 0;
  const run = async (): Promise<unknown> => {
    await Promise.resolve();
    const ended = ++attempts <= failures ? FULL : { ok: true, result: { response: { _message: "OK" } } };
    return { ...ended, thread: "Thread-1" };
  };
  const { statuses: ended } = await statuses([COPY], { copyAgain }, run as unknown as RenderPool["run"]);
  return { ...(ended[COPY.unique_id] !== undefined && { status: ended[COPY.unique_id] ?? "" }), attempts };
}
