import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ended, serve } from "../support/flight-server.ts";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

const PYTHON = process.env["DUCKHOUSE_TEST_PYTHON"] ?? "python3";

interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly seen: string | null;
}

test("pyarrow's Flight client: every type both ways, lists, statuses, deadlines, cancel", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    "profiles.yml": JSON.stringify({
      ward: { target: "dev", outputs: { dev: { type: "duckdb", path: "ward.duckdb" } } },
    }),
    "seeds/wards.csv": "id,name\n1,north\n2,\n",
  });
  expect((await run(["build"], work.path)).code).toBe(0);
  const { child, port } = await serve(work.path);
  const script = join(import.meta.dirname, "flight.py");
  const { stdout } = await promisify(execFile)(PYTHON, [script, String(port)]);
  expect(await ended(child)).toBe(0);
  const checks = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Check);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.length).toBeGreaterThan(35);
});
