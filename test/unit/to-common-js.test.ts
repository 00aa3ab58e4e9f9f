import { compileFunction } from "node:vm";
import { expect, test } from "vitest";
import { refuseCycles, toCommonJs } from "../../scripts/to-common-js.mjs";

type Chunk = (module: object, exports: object, require: (name: string) => unknown) => void;

/** What a chunk exports, where others give `loaded`. */
async function exportsOf(text: string, loaded: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const module = { exports: {} };
  const require = (name: string): unknown => loaded[name];
  const run = compileFunction(await toCommonJs(text, "chunk.cjs"), ["module", "exports", "require"]) as Chunk;
  run(module, module.exports, require);
  return module.exports;
}

test("imports of chunks are constants, and exports are values", async () => {
  const text = `import { one as first, two } from "./a.cjs";\nvar Kind;\n(function (kinds) { kinds.A = 1; })(Kind || (Kind = {}));
    function sum() { return first + two; }\nexport { sum, Kind as Kinds };`;
  const { sum, Kinds } = await exportsOf(text, { "./a.cjs": { one: 1, two: 2 } });
  expect([(sum as () => number)(), Kinds]).toEqual([3, { A: 1 }]);
  expect(await toCommonJs(text, "chunk.cjs")).toContain('{one:first,two}=require("./a.cjs")');
});

test("what a function sets later cannot be exported", async () => {
  const text = "let count = 0;\nfunction next() { return ++count; }\nexport { count, next };";
  await expect(toCommonJs(text, "chunk.cjs")).rejects.toThrow("chunk.cjs: count is exported and set by a function");
});

test("chunks that load each other are refused", () => {
  const loads = (path: string): object => ({ imports: [{ path, kind: "import-statement" }] });
  expect(() => refuseCycles({ a: loads("b"), b: loads("a") })).toThrow("a > b > a");
  expect(() => refuseCycles({ a: loads("b"), b: { imports: [{ path: "a", kind: "dynamic-import" }] } })).not.toThrow();
});
