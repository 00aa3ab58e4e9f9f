/** What runs at the moment, so that it can be cancelled by its id, and waited for. */
export class RunningCalls {
  private readonly calls = new Map<string, AbortController>();
  private readonly work = new Set<Promise<unknown>>();
  private next = 1;

  /** Runs something that a client's cancel, its deadline, or the action `cancel` ends. */
  async run<T>(
    call: { on(event: "cancelled", listener: () => void): unknown },
    id: string | null,
    use: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const key = id ?? `query-${String(this.next++)}`;
    const controller = new AbortController();
    call.on("cancelled", () => controller.abort());
    this.calls.set(key, controller);
    const work = use(controller.signal);
    this.work.add(work);
    try {
      return await work;
    } finally {
      this.work.delete(work);
      if (this.calls.get(key) === controller) this.calls.delete(key);
    }
  }

  cancel(id: string): boolean {
    const controller = this.calls.get(id);
    controller?.abort();
    return controller !== undefined;
  }

  cancelAll(): void {
    for (const controller of this.calls.values()) controller.abort();
  }

  async ended(): Promise<void> {
    await Promise.allSettled([...this.work]);
  }
}
