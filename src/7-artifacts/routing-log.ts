import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { secretsOf, type Invocation } from "../contracts/invocation.ts";
import type { Decision, Fallback } from "../contracts/routing.ts";
import { maskSecrets } from "../shared/mask-secrets.ts";
import { isRecord } from "../shared/objects.ts";

/** What became of a decision. JSON keeps these keys. */
export interface RoutedRun extends Decision {
  readonly run_id: string;
  readonly invoked_at: string;
  readonly status: string;
  readonly duration_ms: number;
  readonly queue_ms: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly query_id: string | null;
  readonly fallback: Omit<Fallback, "to"> | null;
  /** Of a query that is no node, where `query` ran it. */
  readonly sql?: string;
}

const LARGEST = 10_000_000;

/**
 * Adds lines to target/routing_log.jsonl. One write a line: two runs at once do not mix theirs. A file that has grown too
 * large becomes the old one, of which one is kept.
 */
export function appendRoutingLog(path: string, runs: readonly RoutedRun[], invocation: Invocation): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && statSync(path).size > LARGEST) renameSync(path, oldLog(path));
  for (const run of runs) appendFileSync(path, `${maskSecrets(JSON.stringify(run), secretsOf(invocation))}\n`);
}

/** Every run on record, the oldest first. A line that a kill cut short is left out. */
export function readRoutingLog(path: string): RoutedRun[] {
  return [oldLog(path), path]
    .filter(existsSync)
    .flatMap((file) => readFileSync(file, "utf8").split("\n").flatMap(parsed));
}

export function resetRoutingLog(path: string): void {
  for (const file of [path, oldLog(path)]) rmSync(file, { force: true });
}

function parsed(line: string): RoutedRun[] {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? [value as unknown as RoutedRun] : [];
  } catch {
    return [];
  }
}

function oldLog(path: string): string {
  return path.replace(/\.jsonl$/, ".1.jsonl");
}
