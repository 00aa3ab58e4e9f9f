import { expect, test } from "vitest";
import { injectCtes } from "./inject-ctes.ts";

const cte = [{ id: "model.shop.e", sql: " __dbt__cte__e as (\nselect 1\n)" }];

test.each([
  ["select * from __dbt__cte__e", "with  __dbt__cte__e as (\nselect 1\n) select * from __dbt__cte__e"],
  ["with a as (select 1) select * from a", "with  __dbt__cte__e as (\nselect 1\n), a as (select 1) select * from a"],
  [
    "WITH RECURSIVE a as (select 1) select 2",
    "WITH RECURSIVE  __dbt__cte__e as (\nselect 1\n), a as (select 1) select 2",
  ],
  [
    "\n-- with a comment\n/* with */ select 1",
    "\nwith  __dbt__cte__e as (\nselect 1\n) -- with a comment\n/* with */ select 1",
  ],
])("%s", (sql, expected) => {
  expect(injectCtes(sql, cte)).toBe(expected);
});

test("without ephemeral parents a query stays as it is", () => {
  expect(injectCtes("with a as (select 1) select * from a", [])).toBe("with a as (select 1) select * from a");
});
