import { expect, test } from "vitest";
import type { ManifestNode } from "../contracts/manifest.ts";
import { putForeignKeys, resolveForeignKeys } from "./foreign-keys.ts";

const node = (): ManifestNode =>
  ({
    original_file_path: "models/a.sql",
    constraints: [
      { type: "foreign_key", to: "ref('b')" },
      { type: "check", expression: "x > 0" },
    ],
    columns: {
      x: {
        constraints: [
          { type: "foreign_key", to: null },
          { type: "foreign_key", to: "ref('c')" },
        ],
      },
    },
  }) as unknown as ManifestNode;

test("what foreign keys point to is resolved in one thread, and told in another", () => {
  const here = node();
  const ref = ([name]: unknown[]): string => `"db"."${String(name)}"`;
  const names = resolveForeignKeys(here, { lookup: () => ref });
  expect(names).toEqual(['"db"."b"', '"db"."c"']);
  expect(resolveForeignKeys(here, { lookup: () => undefined })).toEqual(names);
  const there = node();
  putForeignKeys(there, names);
  expect(there).toEqual(here);
});
