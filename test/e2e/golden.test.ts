import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runStep, type Recorded, type StepSpec } from "../support/golden-step.ts";
import { isKnown, unmetDifferences } from "../support/known-differences.ts";
import { ROOT, temporaryFolder } from "../support/program.ts";

const PROJECTS = join(ROOT, "test", "projects");
const names = readdirSync(PROJECTS).filter(
  (name) => existsSync(join(PROJECTS, name, "golden.json")) && !isKnown([name, "any"]),
);

interface Difference {
  readonly path: string;
  readonly dbt: unknown;
  readonly ours: unknown;
}

/** Every place where two recorded steps differ, but for what is known and explained. */
function differences(dbt: unknown, ours: unknown, path: readonly string[]): Difference[] {
  if (isRecord(dbt) && isRecord(ours)) {
    const keys = [...new Set([...Object.keys(dbt), ...Object.keys(ours)])];
    return keys.flatMap((key) => differences(dbt[key], ours[key], [...path, key]));
  }
  if (JSON.stringify(dbt) === JSON.stringify(ours) || isKnown(path)) return [];
  if (path.at(-1) === "message" && sameMessage(String(dbt), String(ours))) return [];
  return [{ path: path.join(" / "), dbt, ours }];
}

/** What dbt's own macros complain about is worded differently by ours; kind and place must be the same. */
function sameMessage(dbt: string, ours: string): boolean {
  const withoutHint = (text: string): string => text.replace(/ Did you mean ".*?"\?/, "");
  const head = /^Compilation Error in .*? \(.*?\) /.exec(dbt)?.[0];
  return withoutHint(dbt) === withoutHint(ours) || (head !== undefined && ours.startsWith(head));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

describe.concurrent.each(names)("golden project %s", (name) => {
  const folder = join(PROJECTS, name);
  const spec = JSON.parse(readFileSync(join(folder, "steps.json"), "utf8")) as {
    steps: StepSpec[];
    mask?: Record<string, string[]>;
  };
  const golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8")) as { steps: Recorded[] };

  test("gives what dbt gives, step by step", async () => {
    using work = temporaryFolder();
    cpSync(folder, work.path, { recursive: true });
    const found: Difference[] = [];
    for (const [index, step] of spec.steps.entries()) {
      const expected = golden.steps[index] ?? {};
      found.push(
        ...differences(expected, await runStep(step, expected, work.path, spec.mask ?? {}), [name, step.name]),
      );
    }
    expect(found).toEqual([]);
  });
});

// An exception that nothing needs any more would hide the next real difference.
test("every known difference still is one", () => {
  expect(unmetDifferences()).toEqual([]);
});
