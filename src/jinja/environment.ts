import type { Kwargs, Value } from "./objects.ts";

/** What filters and tests may know about the render they run in. */
export interface RenderState {
  readonly environment: Environment;
  /** Whether values keep their type: dbt's markers (as_bool …) then mean something. */
  readonly native: boolean;
  autoescape: boolean;
}

export type Filter = (state: RenderState, value: Value, args: Value[], kwargs: Kwargs) => Value;

/** The names templates find without a context. */
export interface Environment {
  readonly filters: ReadonlyMap<string, Filter>;
  /** Filters that read the render's state are never folded at compile time. */
  readonly tests: ReadonlyMap<string, Filter>;
  readonly globals: ReadonlyMap<string, Value>;
}
