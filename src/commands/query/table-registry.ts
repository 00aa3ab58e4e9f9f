import type { TableDirectory } from "./table-directory.ts";

/** What is known of tables and engines at one moment. */
export interface KnownTables {
  readonly directory: TableDirectory;
  /** Engines that did not answer. */
  readonly silent: readonly string[];
}

/** Others make tables too, and engines come back: what is older than this is asked anew. */
const FRESH_MS = 15_000;
const FRESH_WHILE_SILENT_MS = 2_000;

/**
 * Keeps what is known of tables fresh while queries ask for it: they are answered with what is there, and an old one is
 * replaced meanwhile. Nothing is asked while nobody queries.
 */
export class TableRegistry {
  private known: KnownTables;
  private readonly ask: () => Promise<KnownTables>;
  private readonly noted: (message: string) => void;
  private readonly now: () => number;
  private askedAt: number;
  private asking: Promise<void> | null = null;
  private isClosed = false;

  /** `ask`: how it is asked again. `noted` hears which engines went and came. */
  constructor(
    first: KnownTables,
    ask: () => Promise<KnownTables>,
    noted: (message: string) => void,
    now: () => number = Date.now,
  ) {
    this.known = first;
    this.ask = ask;
    this.noted = noted;
    this.now = now;
    this.askedAt = now();
  }

  /** For a query. */
  current(): KnownTables {
    const age = this.known.silent.length > 0 ? FRESH_WHILE_SILENT_MS : FRESH_MS;
    if (!this.isClosed && this.asking === null && this.now() - this.askedAt >= age) this.asking = this.refresh();
    return this.known;
  }

  /** The last answer, however old. */
  get last(): KnownTables {
    return this.known;
  }

  private async refresh(): Promise<void> {
    try {
      const { silent: before } = this.known;
      this.known = await this.ask();
      const { silent } = this.known;
      for (const engine of silent) if (!before.includes(engine)) this.noted(`${engine} does not answer`);
      for (const engine of before) if (!silent.includes(engine)) this.noted(`${engine} answers again`);
    } catch {
      // The next query has the engine's own message.
    }
    this.askedAt = this.now();
    this.asking = null;
  }

  /** Engines may be closed afterwards. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.asking;
  }
}
