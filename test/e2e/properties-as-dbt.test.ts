import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

/** What property files and docs say that was first met in public projects, and what real dbt makes of it. */

async function parse(files: Record<string, string>) {
  using folder = temporaryFolder();
  writeProject(folder.path, { "models/a.sql": "select 1 as id", ...files });
  const ran = await run(["parse"], folder.path);
  const manifest = (): Record<string, Record<string, Record<string, unknown>>> =>
    JSON.parse(readFileSync(join(folder.path, "target", "manifest.json"), "utf8")) as never;
  return { ...ran, manifest: ran.code === 0 ? manifest() : {} };
}

test("a docs block is a template that knows no names", async () => {
  const { manifest } = await parse({
    "models/docs.md":
      "{% docs kept %}\n{% raw %}\nwrite `{{ x }}` {# kept #}\n{% endraw %}\n{% enddocs %}\n" +
      "{% docs rendered %}\nbefore {# a remark #}{{ nothing }}after {% if 1 %}yes{% endif %}\n{% enddocs %}\n",
    "models/s.yml": `models: [{name: a, description: '{{ doc("kept") }} and {{ doc("rendered") }}'}]`,
  });
  expect(manifest["docs"]?.["doc.shop.kept"]?.["block_contents"]).toBe("write `{{ x }}` {# kept #}");
  expect(manifest["docs"]?.["doc.shop.rendered"]?.["block_contents"]).toBe("before after yes");
  expect(manifest["nodes"]?.["model.shop.a"]?.["description"]).toBe("write `{{ x }}` {# kept #} and before after yes");
});

test("a docs block that calls what there is not is named with its line", async () => {
  const { code, stdout } = await parse({ "models/docs.md": "{% docs one %}\n\n{{ ref('a') }}\n{% enddocs %}\n" });
  expect(code).toBe(2);
  expect(stdout).toMatch(/Error DH1201 models\/docs\.md:3:\d+/);
  expect(stdout).toContain("'ref' is undefined");
});

test("a description of a macro whose docs block is missing is a problem among the others", async () => {
  const { code, stdout } = await parse({
    "macros/pick.sql": "{% macro pick(part) %}1{% endmacro %}",
    "macros/s.yml": `macros: [{name: pick, arguments: [{name: part, description: '{{ doc("nowhere") }}'}]}]`,
    "models/b.sql": "select * from {{ ref('nothing') }}",
  });
  expect(code).toBe(2);
  expect(stdout).toContain("Compilation Error in macro pick (macros/s.yml)");
  expect(stdout).toContain("Documentation for 'nowhere' was not found.");
  expect(stdout).toContain("depends on a node named 'nothing' which was not found");
});

test("`tests:` at the top of a property file is nobody's, whatever stands below", async () => {
  const { code, stdout } = await parse({
    "models/s.yml": `tests:\n- name: rows\n  sql: "select * from {{ ref('a') }}"\n- other\n`,
  });
  expect(code, stdout).toBe(0);
});

test("the keys that dbt knows of `external:` are null where nobody said them", async () => {
  const { manifest } = await parse({
    "models/s.yml":
      "sources: [{name: raw, tables: [{name: people, external: {data_source: x, location: y}}, {name: b}]}]",
  });
  expect(manifest["sources"]?.["source.shop.raw.people"]?.["external"]).toEqual({
    location: "y",
    file_format: null,
    row_format: null,
    tbl_properties: null,
    partitions: null,
    data_source: "x",
  });
  expect(manifest["sources"]?.["source.shop.raw.b"]?.["external"]).toBeNull();
});
