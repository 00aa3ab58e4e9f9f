import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/program.ts";
import { noteCopyRecord, readCopyRecords } from "./copy-records.ts";

test("runs that note their copies at the same time keep each other's", () => {
  using folder = temporaryFolder();
  const copy = (version: string) => ({ version, snapshot: "1", at: "2026-01-01T00:00:00Z" });
  noteCopyRecord(folder.path, "prod/a", copy("of the first run"));
  noteCopyRecord(folder.path, "prod/b", copy("of the second run"));
  noteCopyRecord(folder.path, "prod/gone", null);
  expect(readCopyRecords(folder.path)).toEqual({
    "prod/a": copy("of the first run"),
    "prod/b": copy("of the second run"),
  });
  noteCopyRecord(folder.path, "prod/a", null);
  expect(Object.keys(readCopyRecords(folder.path))).toEqual(["prod/b"]);
});
