import type { Invocation } from "../contracts/invocation.ts";
import type { Json } from "../contracts/json.ts";
import type { ParseInputs } from "../contracts/parse-inputs.ts";
import { noteUnsteady, unsteadyReadings } from "../jinja/unsteady.ts";

/**
 * Takes note of what a parse reads of its invocation, whether our own code asks or a template does. Hand `invocation` to
 * everything that takes part.
 */
export class WatchedInputs {
  readonly invocation: Invocation;
  private readonly env = new Map<string, string | null>();
  private readonly flags = new Map<string, Json>();
  private readonly before = unsteadyReadings();
  private accountedFor = 0;

  constructor(invocation: Invocation) {
    this.invocation = {
      ...invocation,
      env: watched(invocation.env, (name, value) => this.env.set(name, (value as string | undefined) ?? null)),
      flags: watched(invocation.flags, (name, value) => this.flags.set(name, (value ?? null) as Json)),
      emit: (event) => {
        // What is said to the user has to be said by the next command too.
        if (event.kind !== "log" || event.level !== "debug") noteUnsteady();
        invocation.emit(event);
      },
    };
  }

  /** Runs what belongs to one node. True: its answer hangs on what every command has anew, and has to be asked for again. */
  isUnsteady(run: () => void): boolean {
    const before = unsteadyReadings();
    try {
      run();
    } finally {
      this.accountedFor += unsteadyReadings() - before;
    }
    return unsteadyReadings() > before;
  }

  read(): ParseInputs {
    return {
      env: Object.fromEntries(this.env),
      flags: Object.fromEntries(this.flags),
      isRepeatable: unsteadyReadings() - this.before === this.accountedFor,
    };
  }
}

function watched<T extends object>(object: T, onRead: (name: string, value: unknown) => void): T {
  return new Proxy(object, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof name === "string") onRead(name, value);
      return value;
    },
  });
}
