import { raise } from "./errors.ts";

/** What one render may use before it is stopped. */
export interface Limits {
  /** Characters of one text, the output included. */
  readonly output: number;
  /** Loop turns, items handed out by lazy values, values visited in comparisons and prints. */
  readonly steps: number;
  /** Macros inside macros. */
  readonly depth: number;
  /** Milliseconds for regular expressions that can match in very many ways; they cannot be counted in steps. */
  readonly matching: number;
}

export const DEFAULT_LIMITS: Limits = { output: 64 * 1024 * 1024, steps: 10_000_000, depth: 1000, matching: 10_000 };

/** Long texts made in one render, in characters; bounds memory where single texts are within their limit. */
const TEXT_BUDGET = 512 * 1024 * 1024;
const LONG_TEXT = 65_536;

/**
 * The meter of the render that is running. Rendering is synchronous, so there is one at a time;
 * it is a module variable because every small operation on values (repeat, pad, compare, print) pays into it,
 * and none of them otherwise needs to know about renders.
 */
const meter = { running: 0, steps: 0, text: 0, depth: 0, matching: 0, limits: DEFAULT_LIMITS };

/** Runs `work` under the limits; a render inside a render pays into the outer meter. */
export function withLimits<T>(limits: Limits | undefined, work: () => T): T {
  if (meter.running > 0 && limits === undefined) return work();
  const saved = { ...meter };
  meter.steps = 0;
  meter.text = 0;
  meter.depth = 0;
  meter.matching = 0;
  meter.limits = limits ?? DEFAULT_LIMITS;
  meter.running = 1;
  try {
    return work();
  } finally {
    Object.assign(meter, saved);
  }
}

/** Pays for `n` small steps of work. */
export function spend(n: number): void {
  if (meter.running === 0) return;
  meter.steps += n;
  if (meter.steps > meter.limits.steps) raise("RuntimeError", `template took more than ${meter.limits.steps} steps`);
}

/** Asks for room for a text or list of `length` before it is made. */
export function reserve(length: number): void {
  if (!(length <= meter.limits.output))
    raise("MemoryError", `text of ${length} characters is over the limit of ${meter.limits.output}`);
  if (length <= LONG_TEXT || meter.running === 0) return;
  meter.text += length;
  if (meter.text > TEXT_BUDGET) raise("MemoryError", "template made too much text");
}

export function enterMacro(): void {
  if (++meter.depth > meter.limits.depth) {
    meter.depth--;
    raise("RecursionError", "maximum recursion depth exceeded");
  }
}

export function leaveMacro(): void {
  meter.depth--;
}

export function outputLimit(): number {
  return meter.limits.output;
}

/** Milliseconds. Outside of renders there is no meter, but still an end. */
export function matchingTimeLeft(): number {
  return meter.running === 0 ? meter.limits.matching : meter.limits.matching - meter.matching;
}

export function spendMatchingTime(milliseconds: number): void {
  if (meter.running > 0) meter.matching += milliseconds;
}
