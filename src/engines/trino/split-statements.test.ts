import { expect, test } from "vitest";
import { splitStatements } from "./split-statements.ts";

test("cuts at semicolons outside quotes, names and comments", () => {
  const sql = `create table a as select ';' as "x;y" -- no; cut
  ;
/* ; */ insert into a
select 'it''s;'; ;
-- the end
`;
  expect(splitStatements(sql)).toEqual([
    { text: `create table a as select ';' as "x;y" -- no; cut\n  `, line: 0 },
    { text: `\n/* ; */ insert into a\nselect 'it''s;'`, line: 1 },
  ]);
});

test("an unclosed quote or comment ends with the text", () => {
  expect(splitStatements("select 'a;b").map(({ text }) => text)).toEqual(["select 'a;b"]);
  expect(splitStatements("select 1 /* a;b").map(({ text }) => text)).toEqual(["select 1 /* a;b"]);
  expect(splitStatements(" ; -- nothing\n;")).toEqual([]);
});
