import { expect, test } from "vitest";
import type { Flags } from "../contracts/flags.ts";
import type { ProjectFacts } from "../contracts/project-facts.ts";
import { compileTemplate } from "../jinja/template.ts";
import { ReferenceFunction } from "./reference-function.ts";

const facts = {
  projectName: "shop",
  dependencies: ["tools"],
  packageVersions: { shop: "1.0", tools: "2.3.4" },
  packageVars: { shop: { days: 7 } },
} as unknown as ProjectFacts;

test("packages read the project's configuration from ref.config", () => {
  const ref = new ReferenceFunction(() => "relation", facts, { select: ["a+"] } as unknown as Flags);
  const text =
    "{{ ref('x') }} {{ ref.config.project_name }} {{ ref.config.dependencies['tools'].version }} {{ ref.config.vars.to_dict() }} {{ ref.config.args.select }} {{ ref.config.nothing }}";
  expect(
    compileTemplate(text, { path: "m.sql" }).render({ lookup: (name) => (name === "ref" ? ref : undefined) }),
  ).toBe("relation shop 2.3.4 {'days': 7} ['a+'] ");
});
