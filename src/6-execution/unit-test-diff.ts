import type { UnitTestOutcome } from "../contracts/bridge.ts";

type Row = readonly (string | null)[];

/** Compares two sets of rows without regard to their order; the difference shows row by row, cell by cell. */
export function compareRows(
  columns: readonly string[],
  expected: readonly Row[],
  actual: readonly Row[],
): UnitTestOutcome {
  const missing = [...expected];
  const extra: Row[] = [];
  let same = 0;
  for (const row of actual) {
    const index = missing.findIndex((other) => rowsEqual(row, other));
    if (index < 0) extra.push(row);
    else {
      missing.splice(index, 1);
      same++;
    }
  }
  const equal = missing.length === 0 && extra.length === 0;
  return {
    equal,
    diff: equal ? "" : renderDiff(columns, missing, extra, same),
    differences: Math.max(missing.length, extra.length),
  };
}

function rowsEqual(a: Row, b: Row): boolean {
  return a.length === b.length && a.every((cell, index) => cell === b[index]);
}

/** `→` rows changed (old→new in the cells that differ), `+++` rows too many, `---` rows that did not come. */
function renderDiff(columns: readonly string[], missing: readonly Row[], extra: readonly Row[], same: number): string {
  const lines: string[][] = [["@@", ...columns]];
  if (same > 0) lines.push(["...", ...columns.map(() => "...")]);
  const left = [...missing];
  for (const row of extra) {
    const index = nearest(row, left);
    const other = index < 0 ? undefined : left.splice(index, 1)[0];
    if (other === undefined) lines.push(["+++", ...row.map(show)]);
    else
      lines.push([
        "→",
        ...row.map((cell, column) =>
          cell === other[column] ? show(cell) : `${show(other[column] ?? null)}→${show(cell)}`,
        ),
      ]);
  }
  for (const row of left) lines.push(["---", ...row.map(show)]);
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}

/** The expected row that shares most cells; none if nothing is shared. */
function nearest(row: Row, candidates: readonly Row[]): number {
  let best = -1;
  let most = 0;
  candidates.forEach((candidate, index) => {
    const shared = candidate.filter((cell, column) => cell === row[column]).length;
    if (shared > most) {
      most = shared;
      best = index;
    }
  });
  return best;
}

function show(cell: string | null): string {
  return cell ?? "NULL";
}
