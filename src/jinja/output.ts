import { raise } from "./errors.ts";
import type { Frame } from "./runtime.ts";
import type { Execute, Signal } from "./scope.ts";
import { textOf, typeName, type Value } from "./values.ts";

/** Runs a body and keeps what it wrote instead of printing it. */
export function capture(frame: Frame, body: Execute): { signal: Signal; result: string } {
  const { chunks, foreign, out } = frame;
  frame.out = "";
  frame.chunks = [];
  frame.foreign = undefined;
  try {
    const signal = body(frame);
    return { signal, result: signal === "next" ? finishedText(frame) : "" };
  } finally {
    frame.out = out;
    frame.chunks = chunks;
    frame.foreign = foreign;
  }
}

/** What a body wrote, once it is complete: only now is everything in it required to be text. */
export function finishedText(frame: Frame): string {
  if (frame.foreign !== undefined) {
    frame.at = frame.foreign.at;
    notText(0, frame.foreign.value);
  }
  return frame.chunks.length === 0 ? frame.out : joinChunks(frame.chunks);
}

/** Python joins the pieces of a captured body, which must all be text. */
function joinChunks(chunks: readonly Value[]): string {
  return chunks.map((chunk, i) => textOf(chunk) ?? notText(i, chunk)).join("");
}

function notText(index: number, value: Value): never {
  return raise("TypeError", `sequence item ${index}: expected str instance, ${typeName(value)} found`);
}

/**
 * Writes the result of a call or filter block as it is. A macro may give back anything through return();
 * that is an error only if the text it stands in is used, which it is not where the caller returns a value, too.
 */
export function write(frame: Frame, value: Value, at: number): void {
  if (frame.render.native) {
    frame.chunks.push(value);
    return;
  }
  const text = textOf(value);
  if (text === undefined) frame.foreign ??= { value, at };
  else frame.out += text;
}
