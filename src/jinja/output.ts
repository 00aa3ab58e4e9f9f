import { raise } from "./errors.ts";
import type { Frame } from "./runtime.ts";
import type { Execute, Signal } from "./scope.ts";
import { textOf, typeName, type Value } from "./values.ts";

/** Runs a body and keeps what it wrote instead of printing it. */
export function capture(frame: Frame, body: Execute): { signal: Signal; result: string } {
  const { chunks, out } = frame;
  frame.out = "";
  frame.chunks = [];
  try {
    const signal = body(frame);
    return { signal, result: frame.chunks.length === 0 ? frame.out : joinChunks(frame.chunks) };
  } finally {
    frame.out = out;
    frame.chunks = chunks;
  }
}

/** Python joins the pieces of a captured body, which must all be text. */
export function joinChunks(chunks: readonly Value[]): string {
  return chunks.map((chunk, i) => textOf(chunk) ?? notText(i, chunk)).join("");
}

function notText(index: number, value: Value): never {
  return raise("TypeError", `sequence item ${index}: expected str instance, ${typeName(value)} found`);
}

export function writeText(frame: Frame, text: string): void {
  frame.out += text;
}

/** Writes the result of a call or filter block as it is. */
export function write(frame: Frame, value: Value, at: number): void {
  if (frame.render.native) {
    frame.chunks.push(value);
    return;
  }
  frame.at = at;
  frame.out += textOf(value) ?? notText(0, value);
}
