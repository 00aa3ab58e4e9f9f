import type { NodeTitle } from "../contracts/bridge.ts";

/** A failure of something that a node is made of (an ephemeral model, a fixture), which messages name instead of the node. */
export class FailedPart extends Error {
  readonly part: NodeTitle;

  constructor(part: NodeTitle, cause: unknown) {
    super("a part of the node failed", { cause });
    this.part = part;
  }
}

/** Does a part's work; the innermost part is the one to blame. */
export function asPart<T>({ resource_type, name, original_file_path }: NodeTitle, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof FailedPart ? error : new FailedPart({ resource_type, name, original_file_path }, error);
  }
}
