#!/usr/bin/env node
// Writes the files of the demo clinic: patients, conditions, visits, results and invoices, as CSV.
//
//   node scripts/make-demo-data.mjs [--rows 10000] [--out data] [--now 2026-01-01T00:00:00Z] [--seed 1]
//
// The same arguments give the same bytes, except `_loaded_at`, which is the time of the call (or --now), so that
// `source freshness` passes right after. Every patient has a random generator of its own, seeded by its number:
// the first 10,000 patients of a million are the same as those of ten thousand.

import { closeSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const FLUSH_AT = 1 << 20; // characters kept in memory a file: a million patients need no more than ten
const DAY = 86_400_000;
// The clinic's last day. Fixed, so that reports do not change with the calendar.
const LAST_DAY = Date.UTC(2025, 11, 31);

const GIVEN_NAMES = [
  "Ada",
  "Ben",
  "Cleo",
  "Dara",
  "Emil",
  "Femi",
  "Gita",
  "Hugo",
  "Ines",
  "Jonas",
  "Kaya",
  "Lena",
  "Milo",
  "Nora",
  "Omar",
  "Pia",
];
const FAMILY_NAMES = [
  "Adler",
  "Brandt",
  "Costa",
  "Demir",
  "Evans",
  "Fischer",
  "Garcia",
  "Haas",
  "Ito",
  "Jansen",
  "Keller",
  "Lopez",
  "O'Neill",
  "Novak",
];
const CITIES = ["Arlen", "Birkental", "Castle Rock", "Dunmore", "Eastwick", "Fairview", "Grünau"];
const INSURANCES = ["public", "public", "public", "private", "none"];
const DEPARTMENTS = ["cardiology", "general", "neurology", "pediatrics", "surgery"];
const KINDS = ["ambulant", "ambulant", "inpatient", "emergency"];
const OUTCOMES = ["recovered", "improved", "improved", "unchanged", "worse"];
// In the order of seeds/disease_groups.csv.
const DISEASES = [
  "asthma",
  "bronchitis",
  "pneumonia",
  "diabetes",
  "obesity",
  "hypertension",
  "heart failure",
  "stroke",
  "migraine",
  "epilepsy",
  "fracture",
  "burn",
];

const HEADERS = {
  patients: "id,given_name,family_name,birth_date,sex,city,insurance,email,registered_at,updated_at,_loaded_at",
  conditions: "patient_id,disease,severity,age,diagnosed_on,_loaded_at",
  visits: "visit_id,patient_id,department,kind,admitted_at,discharged_at,_loaded_at",
  results: "patient_id,outcome,score,recorded_on,_loaded_at",
  invoices: "invoice_id,encounter_id,patient_id,amount,billed_on,is_paid,_loaded_at",
};

/** mulberry32: 32 bits of state, good enough to look random, the same on every machine. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One file, written under a temporary name until it is complete. */
function openCsv(folder, name) {
  const path = join(folder, `${name}.csv`);
  const file = openSync(`${path}.tmp`, "w");
  let buffer = `${HEADERS[name]}\n`;
  let rows = 0;
  const flush = () => {
    writeSync(file, buffer);
    buffer = "";
  };
  return {
    write(line) {
      buffer += `${line}\n`;
      rows += 1;
      if (buffer.length >= FLUSH_AT) flush();
    },
    close() {
      flush();
      closeSync(file);
      renameSync(`${path}.tmp`, path);
      return { path, rows };
    },
  };
}

// Formatting a Date is most of the work of a million patients; there are only some ten thousand days and 86,400 seconds.
const dayTexts = new Map();
const clockTexts = [];

function day(time) {
  const index = Math.floor(time / DAY);
  let text = dayTexts.get(index);
  if (text === undefined) {
    text = new Date(index * DAY).toISOString().slice(0, 10);
    dayTexts.set(index, text);
  }
  return text;
}

function second(time) {
  const index = Math.floor((((time % DAY) + DAY) % DAY) / 1000);
  clockTexts[index] ??= new Date(index * 1000).toISOString().slice(11, 19);
  return `${day(time)} ${clockTexts[index]}`;
}

function writePatient(id, random, loadedAt, files, counters) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const upTo = (n) => Math.floor(random() * n);

  const given = pick(GIVEN_NAMES);
  const family = pick(FAMILY_NAMES);
  const age = upTo(96);
  const born = LAST_DAY - Math.floor((age + random()) * 365.25) * DAY;
  const registered = LAST_DAY - upTo(1100) * DAY - upTo(DAY / 1000) * 1000;
  const updated = Math.min(LAST_DAY, registered + upTo(400) * DAY);
  const email = random() < 0.8 ? `${given}.${family}.${id}@mail.example`.toLowerCase().replace("'", "") : "";
  files.patients.write(
    `${id},${given},${family},${day(born)},${pick(["f", "m", "x"])},${pick(CITIES)},${pick(INSURANCES)},${email},` +
      `${second(registered)},${second(updated)},${loadedAt}`,
  );

  const diagnosed = registered + upTo(30) * DAY;
  files.conditions.write(
    `${id},${pick(DISEASES)},${1 + upTo(3)},${age},${day(Math.min(diagnosed, LAST_DAY))},${loadedAt}`,
  );

  const visits = upTo(6);
  for (let i = 0; i < visits; i++) {
    const visit = ++counters.visits;
    const admitted = registered + upTo((LAST_DAY - registered) / 1000 + 1) * 1000;
    const kind = pick(KINDS);
    const hours = kind === "inpatient" ? 24 + upTo(300) : 1 + upTo(9);
    const left = admitted + hours * 3_600_000;
    files.visits.write(
      `${visit},${id},${pick(DEPARTMENTS)},${kind},${second(admitted)},${left > LAST_DAY ? "" : second(left)},${loadedAt}`,
    );
    if (random() < 0.85) {
      const amount = (hours * 12 + upTo(20_000) / 100).toFixed(2);
      files.invoices.write(
        `${++counters.invoices},${visit},${id},${amount},${day(admitted + upTo(20) * DAY)},${random() < 0.9},${loadedAt}`,
      );
    }
  }

  if (random() < 0.7) {
    files.results.write(
      `${id},${pick(OUTCOMES)},${upTo(101)},${day(Math.min(LAST_DAY, diagnosed + upTo(90) * DAY))},${loadedAt}`,
    );
  }
}

function main() {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "10000" },
      out: { type: "string", default: "data" },
      now: { type: "string", default: new Date().toISOString() },
      seed: { type: "string", default: "1" },
    },
  });
  const rows = Number(values.rows);
  const seed = Number(values.seed);
  const now = Date.parse(values.now);
  if (!Number.isInteger(rows) || rows < 1)
    throw new Error(`--rows must be a whole number from 1, not "${values.rows}"`);
  if (!Number.isInteger(seed)) throw new Error(`--seed must be a whole number, not "${values.seed}"`);
  if (Number.isNaN(now)) throw new Error(`--now must be a time such as 2026-01-01T00:00:00Z, not "${values.now}"`);

  const started = performance.now();
  mkdirSync(values.out, { recursive: true });
  const files = Object.fromEntries(Object.keys(HEADERS).map((name) => [name, openCsv(values.out, name)]));
  const counters = { visits: 0, invoices: 0 };
  const loadedAt = second(now);
  for (let id = 1; id <= rows; id++) {
    // two multipliers, so that neighbouring patients of neighbouring seeds share nothing
    writePatient(id, randomFrom(Math.imul(id, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)), loadedAt, files, counters);
  }
  for (const file of Object.values(files)) {
    const { path, rows: written } = file.close();
    console.log(`${path}: ${written} rows`);
  }
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
}

try {
  main();
} catch (error) {
  console.error(`make-demo-data: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
