/** A Python model that could not be run: an error with a code of its own and a place in the model's file. */
export class PythonError extends Error {
  /** What dbt-duckdb raises. */
  readonly pythonType = "DbtRuntimeError";
  readonly own: { readonly code: string; readonly hint: string | null; readonly line: number | null };

  constructor(code: string, message: string, hint: string | null, line: number | null = null) {
    super(message);
    this.name = "PythonError";
    this.own = { code, hint, line };
  }
}
