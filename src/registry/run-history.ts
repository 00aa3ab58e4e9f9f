import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { NodeSample } from "../contracts/history.ts";
import { isRecord } from "../shared/objects.ts";

/** Of each node, engine and kind of build. */
const KEPT = 20;
/** Bytes from which the file is written anew with what is kept. */
const LARGE = 2_000_000;
const VERSION = 1;

/** What is kept of a project between commands, and survives `clean`. Losing it costs time, never rows. */
export function stateFolder(projectRoot: string): string {
  return join(projectRoot, ".duckhouse");
}

function historyPath(projectRoot: string): string {
  return join(stateFolder(projectRoot), "history.jsonl");
}

/** The builds on record for a target, the oldest first. What cannot be read counts as not there. */
export function readHistory(projectRoot: string, target: string): NodeSample[] {
  return readAll(historyPath(projectRoot)).filter((sample) => sample.target === target);
}

/** Adds builds. One write: runs at the same time do not mix theirs. */
export function appendHistory(projectRoot: string, samples: readonly NodeSample[]): void {
  if (samples.length === 0) return;
  const path = historyPath(projectRoot);
  makeStateFolder(path);
  if (existsSync(path) && statSync(path).size > LARGE) rewrite(path, newest(readAll(path)));
  appendFileSync(path, textOf(samples));
}

export function resetHistory(projectRoot: string): void {
  rmSync(historyPath(projectRoot), { force: true });
}

/** The folder keeps itself out of the project's version control. */
export function makeStateFolder(pathInIt: string): void {
  const folder = dirname(pathInIt);
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, ".gitignore");
  if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
}

function readAll(path: string): NodeSample[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").flatMap(parsed);
}

/** A line that a kill cut short, or that another version wrote, is left out. */
function parsed(line: string): NodeSample[] {
  try {
    const value: unknown = JSON.parse(line);
    if (!isRecord(value) || value["v"] !== VERSION) return [];
    const { node, engine, seconds, target } = value;
    const isSample = [node, engine, target].every((text) => typeof text === "string") && typeof seconds === "number";
    return isSample ? [value as unknown as NodeSample] : [];
  } catch {
    return [];
  }
}

function newest(samples: readonly NodeSample[]): NodeSample[] {
  const counts = new Map<string, number>();
  const kept: NodeSample[] = [];
  for (const sample of [...samples].reverse()) {
    const key = [sample.target, sample.node, sample.engine, sample.build].join("\0");
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= KEPT) kept.push(sample);
  }
  return kept.reverse();
}

function rewrite(path: string, samples: readonly NodeSample[]): void {
  const temporary = `${path}.${String(process.pid)}`;
  writeFileSync(temporary, textOf(samples));
  renameSync(temporary, path);
}

function textOf(samples: readonly NodeSample[]): string {
  return samples.map((sample) => `${JSON.stringify({ v: VERSION, ...sample })}\n`).join("");
}
