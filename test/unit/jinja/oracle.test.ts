import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { run } from "./oracle.ts";

function read(name: string): { head: Record<string, unknown>; rows: unknown[][] } {
  const [head = "{}", ...lines] = readFileSync(new URL(`cases/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  return {
    head: JSON.parse(head) as Record<string, unknown>,
    rows: lines.map((line) => JSON.parse(line) as unknown[]),
  };
}

describe("hand-written cases: as Jinja2 in dbt's set-up, messages included", () => {
  const { head, rows } = read("hand");
  const context = head["context"] as Record<string, unknown>;
  const macros = [head["macros"] as string];
  const cases = rows as [string, string, string, unknown, string?, string?][];

  it("has cases for every category", () => {
    expect(cases.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(cases.map(([category]) => category)).size).toBe(20);
  });

  it.each(cases)("%s: %s", (_category, template, flags, out, type, message) => {
    const outcome = run({
      template,
      context,
      native: flags.includes("n"),
      modules: flags.includes("m"),
      macros: flags.includes("c") ? macros : [],
    });
    expect(outcome).toEqual(type === undefined ? { out } : { error: [type, message] });
  });
});

describe("random expressions", () => {
  const { head: context, rows } = read("random");

  it("render as in Jinja2, or fail with the same exception", { timeout: 60_000 }, () => {
    const count = { values: 0, sameValue: 0, errors: 0, sameType: 0, sameMessage: 0 };
    for (const [text, native, out, type, message] of rows as [string, number, unknown, string?, string?][]) {
      const outcome = run({ template: `{{ ${text} }}`, context, native: native === 1 });
      if (type === undefined) {
        count.values++;
        if (outcome.error === undefined && JSON.stringify(outcome.out) === JSON.stringify(out)) count.sameValue++;
      } else {
        count.errors++;
        if (outcome.error?.[0] === type) count.sameType++;
        if (outcome.error?.[1] === message) count.sameMessage++;
      }
    }
    expect(rows.length).toBeGreaterThanOrEqual(14_000);
    // What is left: complex numbers, the order of sets of texts, addresses in reprs, reversed bytes.
    expect(count.sameValue / count.values).toBeGreaterThan(0.998);
    expect(count.sameType / count.errors).toBeGreaterThan(0.999);
    expect(count.sameMessage / count.errors).toBeGreaterThan(0.99);
  });
});
