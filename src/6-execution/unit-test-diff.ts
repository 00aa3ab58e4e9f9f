import type { UnitTestOutcome } from "../contracts/bridge.ts";

type Row = readonly (string | null)[];

interface DiffLine {
  /** `→` changed, `+++` too many, `---` did not come, nothing for the same. */
  readonly marker: string;
  readonly cells: readonly string[];
}

/** Compares two sets of rows without regard to their order; the difference shows row by row, cell by cell. */
export function compareRows(
  columns: readonly string[],
  expected: readonly Row[],
  actual: readonly Row[],
): UnitTestOutcome {
  const left = [...actual];
  const same = expected.map((row) => take(left, (other) => rowsEqual(row, other)) !== undefined);
  const lines = expected.map((row, index): DiffLine =>
    same[index] === true ? { marker: "", cells: row.map(show) } : changed(row, left),
  );
  lines.push(...left.map((row) => ({ marker: "+++", cells: row.map(show) })));
  const equal = lines.every((line) => line.marker === "");
  return { equal, diff: equal ? "" : renderDiff(columns, lines) };
}

function take(rows: Row[], fits: (row: Row) => boolean): Row | undefined {
  const index = rows.findIndex(fits);
  return index < 0 ? undefined : rows.splice(index, 1)[0];
}

function rowsEqual(a: Row, b: Row): boolean {
  return a.length === b.length && a.every((cell, index) => cell === b[index]);
}

/** An expected row that did not come as it is: beside the row that is nearest to it, if any shares a cell. */
function changed(row: Row, left: Row[]): DiffLine {
  const shared = (other: Row): number => other.filter((cell, column) => cell === row[column]).length;
  const most = Math.max(0, ...left.map(shared));
  const other = most === 0 ? undefined : take(left, (candidate) => shared(candidate) === most);
  if (other === undefined) return { marker: "---", cells: row.map(show) };
  return {
    marker: "→",
    cells: row.map((cell, column) =>
      cell === other[column] ? show(cell) : `${show(cell)}→${show(other[column] ?? null)}`,
    ),
  };
}

/** Lines that differ with one line around them; longer runs of equal rows become `...`. */
function renderDiff(columns: readonly string[], lines: readonly DiffLine[]): string {
  const isNear = (index: number): boolean =>
    [index - 1, index, index + 1].some((near) => (lines[near]?.marker ?? "") !== "");
  const shown: DiffLine[] = [{ marker: "@@", cells: columns }];
  for (const [index, line] of lines.entries()) {
    if (isNear(index)) shown.push(line);
    else if (shown.at(-1)?.marker !== "...") shown.push({ marker: "...", cells: columns.map(() => "...") });
  }
  const table = shown.map((line) => [line.marker, ...line.cells]);
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(",")).join("\n");
}

function show(cell: string | null): string {
  return cell ?? "NULL";
}
