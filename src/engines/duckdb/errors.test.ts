import { expect, test } from "vitest";
import { withComment } from "../../shared/sql-comment.ts";
import { toDuckDbError } from "./errors.ts";

test("lines are those of the statement, also in the message, and the caret stays below its word", () => {
  const comment = { text: Array.from({ length: 9 }, () => "line").join("\n"), append: false };
  const { linesBefore } = withComment("select\n  nope", comment);
  const error = toDuckDbError(
    new Error("Binder Error: no\n\nLINE 11:   nope\n           ^"),
    "select\n  nope",
    linesBefore,
  );
  expect(error).toMatchObject({ line: 2, column: 3, message: "Binder Error: no\n\nLINE 2:   nope\n          ^" });
});

test("a text that ends too early ends where the statement ends, not behind its comment", () => {
  const error = toDuckDbError(new Error("Parser Error: end\n\nLINE 3: /* x */\n               ^"), "select 1 +\n", 0);
  expect(error.line).toBe(2);
});
