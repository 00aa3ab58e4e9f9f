import { expect, test } from "vitest";
import { olderFilesQuery, tablesChanged } from "./guard.ts";
import { icebergState } from "./state.ts";

test("tables whose rows a statement changes", () => {
  const sql = `begin; truncate "lake"."a b"."x""y"; delete from lake.s.t where 1 = 1;
    UPDATE lake.s.u as t set a = 1; merge into lake.s.m using x; insert into lake.s.i select * from lake.s.r`;
  expect(tablesChanged(sql).map(({ database, schema, table }) => [database, schema, table])).toEqual([
    ["lake", "a b", 'x"y'],
    ["lake", "s", "t"],
    ["lake", "s", "u"],
    ["lake", "s", "m"],
  ]);
});

const METADATA = {
  schemas: [
    {
      fields: [
        { id: 1, name: "ts" },
        { id: 2, name: "id" },
      ],
    },
  ],
  "default-spec-id": 1,
  "partition-specs": [
    { "spec-id": 0, fields: [{ name: "x", transform: "identity", "source-id": 2 }] },
    {
      "spec-id": 1,
      fields: [
        { name: "a", transform: "month", "source-id": 1 },
        { name: "b", transform: "bucket[4]", "source-id": 2 },
      ],
    },
  ],
  "current-snapshot-id": "7",
  snapshots: [
    {
      "snapshot-id": "7",
      "manifest-list": "s3://a/b.avro",
      summary: { "total-records": "30", "total-position-deletes": "10", "total-delete-files": "2" },
    },
  ],
};

test("a table with one layout needs no look at its files", () => {
  expect(olderFilesQuery({ ...METADATA, "partition-specs": [{}] })).toBeNull();
  expect(olderFilesQuery({ ...METADATA, "current-snapshot-id": null })).toBeNull();
  expect(olderFilesQuery(METADATA)).toContain("read_avro('s3://a/b.avro')");
});

test("what macros see of a table's metadata", () => {
  expect(icebergState(METADATA)).toEqual({
    partitions: ["month(ts)", "bucket(4, id)"],
    partition_columns: ["id", "ts"],
    stored_rows: 30,
    stored_bytes: 0,
    deleted_rows: 10,
    delete_files: 2,
    snapshot_id: "7",
  });
});
