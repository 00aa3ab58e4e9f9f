import { noteSnapshots } from "../6-execution/note-snapshots.ts";
import type { RunResult } from "../contracts/run-result.ts";
import { readStateFile, writeStateFile } from "../registry/state-file.ts";
import type { Execution } from "./execution.ts";
import { projectRoot, type Session } from "./session.ts";

/** Of `.duckhouse/`: the databases whose tables keep snapshots, by target; that is a question less to a server. */
const NAME = "snapshot_databases";

/** Adds `snapshot_id` to the results of nodes whose tables keep snapshots. */
export async function addSnapshotIds(session: Session, execution: Execution, all: readonly RunResult[]): Promise<void> {
  const root = projectRoot(session.invocation);
  const target = session.project.target.name;
  const known = readStateFile<string[]>(root, NAME);
  const keepers = new Set(known[target]);
  const before = keepers.size;
  let isLost = false;
  for (const run of execution.runs.values()) {
    const own = all.filter((result) => execution.of(result.unique_id) === run);
    for (const [database, keeps] of await noteSnapshots(run.engine, run.cache, session.manifest, own, keepers)) {
      if (keeps) keepers.add(database);
      else isLost = keepers.delete(database) || isLost;
    }
  }
  if (session.invocation.flags.write_json && (isLost || keepers.size > before))
    writeStateFile(root, NAME, { ...known, [target]: [...keepers].sort() });
}
