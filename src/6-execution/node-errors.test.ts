import { expect, test } from "vitest";
import type { JobError } from "../contracts/bridge.ts";
import type { ManifestNode } from "../contracts/manifest.ts";
import { nodeError } from "./node-errors.ts";

const NODE = { resource_type: "model", name: "a", original_file_path: "models/a.sql" } as ManifestNode;
const CODE = "\nselect one,\n  two\nfrom three";
/** As a materialization sends it. */
const SQL = `create table "a"\nwith (format = 'ORC')\nas (\n${CODE.trim()}\n);`;

function placeOf(line: number): readonly [string | null, number | null, number | null] {
  const error = {
    pythonType: "DbtDatabaseError",
    message: "SYNTAX_ERROR",
    frames: [],
    compiled: { code: CODE, ctes: [] },
    engine: { code: "SYNTAX_ERROR", line, column: 3, sql: SQL, hint: null },
    own: null,
  } as unknown as JobError;
  const { file, line: at, column } = nodeError(error, NODE, "target/compiled/p/models/a.sql").diagnostic;
  return [file, at, column];
}

test("an engine's error is at the line of the compiled file", () => {
  expect(placeOf(4)).toEqual(["target/compiled/p/models/a.sql", 2, 3]);
  expect(placeOf(6)).toEqual(["target/compiled/p/models/a.sql", 4, 3]);
});

test("what is wrong around the compiled text has no line in it", () => {
  expect(placeOf(1)).toEqual(["target/compiled/p/models/a.sql", null, null]);
  expect(placeOf(7)).toEqual(["target/compiled/p/models/a.sql", null, null]);
});

test("a database's error is told from dbt's own, as the adapters do", () => {
  const titleOf = (pythonType: string): string =>
    nodeError(
      { pythonType, message: "no", frames: [], compiled: null, engine: null, own: null } as unknown as JobError,
      NODE,
      null,
    ).message;
  expect(titleOf("DbtDatabaseError")).toBe("Database Error in model a (models/a.sql)\n  no");
  expect(titleOf("DbtRuntimeError")).toBe("Runtime Error in model a (models/a.sql)\n  no");
});

test("a failure that says itself what it is keeps its code, its hint and its line of the model's file", () => {
  const own = { code: "DH3012", hint: "do this", line: 6 };
  const frames = [{ path: "macros/statement.sql", line: 1, column: 1 }];
  const error = { pythonType: "DbtRuntimeError", message: "no", frames, compiled: null, engine: null, own };
  expect(nodeError(error as unknown as JobError, NODE, "target/compiled/p/models/a.sql").diagnostic).toMatchObject({
    code: "DH3012",
    file: "models/a.sql",
    line: 6,
    hint: "do this",
  });
});
