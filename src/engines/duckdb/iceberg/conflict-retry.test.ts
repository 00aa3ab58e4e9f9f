import { expect, test } from "vitest";
import { ConflictRetry, type Statement } from "./conflict-retry.ts";

const LOST = "Failed to commit: returned a non-200 status code (Conflict_409). type: CommitFailedException";

/** Runs statements on a server that refuses as `refusals` says: statement → messages, one an attempt. */
function setUp(refusals: Record<string, string[]>): { sent: string[]; run: (sql: string) => Promise<string> } {
  const sent: string[] = [];
  const retry = new ConflictRetry({
    wait: () => Promise.resolve(),
    mend: (_sql, message) => Promise.resolve(message === "to be mended"),
  });
  const send = ({ sql }: Statement): Promise<string> => {
    sent.push(sql);
    const message = refusals[sql]?.shift();
    return message === undefined ? Promise.resolve(sql) : Promise.reject(new Error(message));
  };
  return { sent, run: (sql) => retry.run({ sql }, send) };
}

test("a transaction that lost a race is sent again, without its reads", async () => {
  const { sent, run } = setUp({ COMMIT: [LOST, LOST] });
  for (const sql of ["BEGIN", "select 1", "insert into a", "delete from b", "COMMIT"]) await run(sql);
  const again = ["BEGIN", "insert into a", "delete from b", "COMMIT"];
  expect(sent).toEqual(["BEGIN", "select 1", "insert into a", "delete from b", "COMMIT", ...again, ...again]);
});

test("a statement by itself is sent again", async () => {
  const { sent, run } = setUp({ "insert into a": [LOST] });
  expect(await run("insert into a")).toBe("insert into a");
  expect(sent).toEqual(["insert into a", "insert into a"]);
});

test("a name that is taken and any other refusal stay refusals", async () => {
  const { sent, run } = setUp({
    "create table a": ["(Conflict_409) AlreadyExistsException: Table already exists"],
    "insert into a": ["Constraint Error"],
  });
  await expect(run("create table a")).rejects.toThrow("AlreadyExists");
  await expect(run("insert into a")).rejects.toThrow("Constraint Error");
  expect(sent).toHaveLength(2);
});

test("a race lost for ever ends", async () => {
  const { sent, run } = setUp({ "insert into a": Array<string>(20).fill(LOST) });
  await expect(run("insert into a")).rejects.toThrow("Conflict_409");
  expect(sent).toHaveLength(8);
});

test("what fails when it is sent again leaves no transaction open", async () => {
  const refusals: Record<string, string[]> = { COMMIT: [LOST] };
  const { sent, run } = setUp(refusals);
  await run("BEGIN");
  await run("alter table a");
  refusals["alter table a"] = ["Column exists"];
  await expect(run("COMMIT")).rejects.toThrow("Column exists");
  expect(sent).toEqual(["BEGIN", "alter table a", "COMMIT", "BEGIN", "alter table a", "ROLLBACK"]);
});

test("what was mended in the middle of a transaction begins it anew, once", async () => {
  const { sent, run } = setUp({ "alter table a": ["to be mended"], "alter table b": ["to be mended", "to be mended"] });
  await run("BEGIN");
  await run("truncate a");
  await run("alter table a");
  expect(sent).toEqual(["BEGIN", "truncate a", "alter table a", "ROLLBACK", "BEGIN", "truncate a", "alter table a"]);
  await expect(run("alter table b")).rejects.toThrow("to be mended");
});

test("a whole transaction in one text is one statement", async () => {
  const all = "begin; truncate a; insert into a; commit";
  const { sent, run } = setUp({ [all]: [LOST], "insert into b": [LOST] });
  await run(all);
  await run("insert into b");
  expect(sent).toEqual([all, all, "insert into b", "insert into b"]);
});
