import { expect, test } from "vitest";
import { safeImage, safeLink } from "./safe-url.ts";
import { sqlTokens } from "./sql-tokens.ts";
import { columnsOf } from "./views/columns-view.ts";
import { exampleSql } from "./views/code-view.ts";

test.each([
  ["https://example.com/a", "https://example.com/a"],
  ["mailto:a@example.com", "mailto:a@example.com"],
  ["#!/model/model.a.b", "#!/model/model.a.b"],
  ["assets/plan.pdf", "assets/plan.pdf"],
  ["javascript:alert(1)", null],
  [" java\tscript:alert(1)", null],
  ["\u0001javascript:alert(1)", null],
  ["JavaScript:alert(1)", null],
  ["data:text/html,<script>", null],
  ["vbscript:x", null],
  ["file:///etc/passwd", null],
])("a link to %j is %j", (url, expected) => {
  expect(safeLink(url)).toBe(expected);
});

test("images come from beside the page or from the text itself", () => {
  expect(["assets/a.png", "data:image/png;base64,AA"].map(safeImage)).toEqual([
    "assets/a.png",
    "data:image/png;base64,AA",
  ]);
  const others = ["https://example.com/a.png", "//example.com/a.png", "\\\\example.com\\a", "data:image/svg+xml,<svg>"];
  expect(others.map(safeImage)).toEqual([null, null, null, null]);
});

test("SQL is cut into pieces that are the text again", () => {
  const sql = "-- select\nselect 'it''s', \"a\", 12.5 /* x */ from {{ ref('a') }} {% if x %} where_ {# c #} 'open";
  const tokens = sqlTokens(sql);
  expect(tokens.map(({ text }) => text).join("")).toBe(sql);
  const of = (kind: string): string[] => tokens.filter((token) => token.kind === kind).map(({ text }) => text);
  expect(of("keyword")).toEqual(["select", "from"]);
  expect(of("string")).toEqual(["'it''s'", '"a"', "'open"]);
  expect(of("comment")).toEqual(["-- select", "/* x */", "{# c #}"]);
  expect(of("jinja")).toEqual(["{{ ref('a') }}", "{% if x %}"]);
  expect(of("number")).toEqual(["12.5"]);
});

test("columns are those of the database with what the project says, then those of the project alone", () => {
  const entry = {
    ...{ unique_id: "model.a.b", name: "b", resource_type: "model", package_name: "a" },
    columns: { id: { name: "id", description: "key" }, gone: { name: "gone", data_type: "int" } },
  };
  const column = (name: string, index: number) => ({ name, index, type: "INTEGER", comment: null });
  const table = { metadata: {}, columns: { n: column("n", 2), ID: column("ID", 1) } };
  expect(columnsOf({ entry, table }).map(({ name, type, declared }) => [name, type, declared?.description])).toEqual([
    ["ID", "INTEGER", "key"],
    ["n", "INTEGER", undefined],
    ["gone", "int", undefined],
  ]);
});

test("example SQL names the columns, quoted where they need it", () => {
  expect(exampleSql('"db"."raw"."a"', ["id", "Order No"])).toBe(
    'select\n    id,\n    "Order No"\nfrom "db"."raw"."a"\nlimit 100',
  );
  expect(exampleSql("a", [])).toContain("select\n    *\nfrom a");
  expect(exampleSql(null, ["id"])).toBeNull();
});
