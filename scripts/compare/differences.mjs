// What was found different, grouped by kind, and printed with examples.

import { isDeepStrictEqual } from "node:util";
import { knownReason } from "./known-differences.mjs";

/** A value in one line, cut to what fits on a screen. */
function short(value, length = 240) {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** Two long texts are shown around the first place where they part. */
function shortPair(dbt, ours) {
  if (typeof dbt !== "string" || typeof ours !== "string") return [short(dbt), short(ours)];
  let at = 0;
  while (at < dbt.length && dbt[at] === ours[at]) at++;
  const from = Math.max(0, at - 80);
  return [dbt, ours].map((text) => (from > 0 ? "…" : "") + short(text.slice(from)));
}

export class Differences {
  kinds = new Map();
  known = new Map();

  get unexplained() {
    return [...this.kinds.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** `kind` groups; `place` says whose value it is. */
  add(kind, place, dbt, ours) {
    const reason = knownReason({ kind, place, dbt, ours });
    const group = reason === null ? this.kinds : this.known;
    const key = reason ?? kind;
    const list = group.get(key) ?? [];
    list.push({ place, dbt, ours });
    group.set(key, list);
  }

  compare(kind, place, dbt, ours) {
    if (!isDeepStrictEqual(dbt, ours)) this.add(kind, place, dbt, ours);
  }

  /** Compares down to the leaves; the path becomes part of the kind: "model.config.tags". */
  compareDeep(kind, place, dbt, ours) {
    const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
    if (isMap(dbt) && isMap(ours)) {
      for (const key of new Set([...Object.keys(dbt), ...Object.keys(ours)]))
        this.compareDeep(`${kind}.${key}`, place, dbt[key], ours[key]);
    } else this.compare(kind, place, dbt, ours);
  }

  /** Compares two lists without regard to order. */
  compareSets(kind, place, dbt, ours) {
    const missing = dbt.filter((item) => !ours.includes(item));
    const extra = ours.filter((item) => !dbt.includes(item));
    for (const item of missing) this.add(`${kind}: missing here`, place, item, undefined);
    for (const item of extra) this.add(`${kind}: not in dbt`, place, undefined, item);
  }

  print(examples) {
    for (const [kind, list] of [...this.kinds].sort(([a], [b]) => a.localeCompare(b))) {
      console.log(`\n${kind}: ${list.length}`);
      for (const { place, dbt, ours } of list.slice(0, examples)) {
        const [left, right] = shortPair(dbt, ours);
        console.log(`  ${place}\n    dbt:  ${left}\n    ours: ${right}`);
      }
    }
    for (const [reason, list] of this.known) console.log(`\nknown (${list.length}): ${reason}`);
    console.log(this.unexplained === 0 ? "\nequal" : `\n${this.unexplained} differences of ${this.kinds.size} kinds`);
  }
}
