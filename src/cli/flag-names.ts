/** Names that dbt has for a flag besides its own. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  "--model": "--models",
  "--resource-types": "--resource-type",
  "--exclude-resource-types": "--exclude-resource-type",
};

/** The words of a command line with each flag under its own name: `--model=x` as `--models=x`. */
export function withOwnNames(argv: readonly string[]): string[] {
  return argv.map((word) => {
    const [name = "", ...value] = word.split("=");
    const own = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
    return own === undefined ? word : [own, ...value].join("=");
  });
}
