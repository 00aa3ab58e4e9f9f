import { open } from "node:fs/promises";
import { RecordBatchReader } from "apache-arrow";
import type { ArrivedBatch, ArrowField } from "../contracts/arrow.ts";
import { readCompressed } from "./compressed-batches.ts";
import { readBatch, readSchema } from "./read-batches.ts";

/** The rows of a file in Arrow's file or stream format, a batch at a time; throws what is wrong with it. */
export async function readArrowFile<T>(
  path: string,
  use: (fields: readonly ArrowField[], batches: AsyncIterable<ArrivedBatch>) => Promise<T>,
): Promise<T> {
  readCompressed();
  const file = await open(path);
  try {
    const reader = await RecordBatchReader.from(file).then((one) => one.open());
    const batches = async function* (): AsyncGenerator<ArrivedBatch> {
      for await (const batch of reader) yield readBatch(batch);
    };
    return await use(readSchema(reader.schema), batches());
  } finally {
    await file.close();
  }
}
