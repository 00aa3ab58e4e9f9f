/** Filters that read the render: Jinja2 never folds them at compile time. */
export const CONTEXT_FILTERS: ReadonlySet<string> = new Set([
  "map",
  "select",
  "reject",
  "selectattr",
  "rejectattr",
  "random",
]);
