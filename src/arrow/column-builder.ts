import type { ArrowBatch } from "../contracts/arrow.ts";
import { GrowingBits } from "./buffers.ts";

export type Node = ArrowBatch["nodes"][number];

/**
 * Takes values one by one, or as raw memory, and gives a column's buffers. A value is, by kind: boolean; number or bigint
 * (int, date, time and timestamp in their unit, a decimal's digits); number; string; Uint8Array; ArrowInterval; a list's
 * and a struct's values in order; a map's [key, value] pairs. Null is null.
 */
export interface ColumnBuilder {
  readonly length: number;
  /** Bytes so far, roughly. */
  readonly size: number;
  append(value: unknown): void;
  /** Puts the nodes and buffers behind those that are there, and begins anew. */
  finish(nodes: Node[], buffers: Uint8Array[]): void;
  /** The buffers of the last `finish` are no longer read: their memory may be written to again. */
  release(): void;
}

export const NO_BYTES = new Uint8Array(0);

/** Which of a column's values are there; a column without nulls sends no bits. */
export abstract class Nullable {
  protected readonly present = new GrowingBits();

  get length(): number {
    return this.present.length;
  }

  /** `valid`: a bit a value, null where all are there. */
  protected appendValid(valid: Uint8Array | null, start: number, count: number): void {
    if (valid === null) this.present.appendOnes(count);
    else this.present.appendBits(valid, start, count);
  }

  protected begin(nodes: Node[], buffers: Uint8Array[]): void {
    const { length, zeros } = this.present;
    nodes.push({ length, nullCount: zeros });
    const bits = this.present.take();
    buffers.push(zeros === 0 ? NO_BYTES : bits);
  }

  release(): void {
    this.present.release();
  }
}
