/** An INSERT of values: which table, its columns in order (null: all of them), and what its parameters are put into. */
export interface InsertedParameters {
  readonly table: string;
  readonly columns: string | null;
  /** Of each `?`: the number of its column; null: it is a part of an expression. */
  readonly places: readonly (number | null)[];
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|\w+)`;
const INSERT = new RegExp(
  String.raw`^\s*insert\s+into\s+(${NAME}(?:\s*\.\s*${NAME})*)\s*(?:\(([^()]*)\)\s*)?values\b([^]*)$`,
  "i",
);
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\s+|[^]/g;

/** Trino's DESCRIBE INPUT knows no types of what an INSERT puts into columns. Null: the statement is none. */
export function insertedParameters(sql: string): InsertedParameters | null {
  const [, table = "", columns = null, values = ""] = INSERT.exec(sql) ?? [];
  return table === "" ? null : { table, columns, places: placesOf(values) };
}

function placesOf(values: string): (number | null)[] {
  const places: (number | null)[] = [];
  let [depth, column] = [0, 0];
  // What a value consists of, up to the comma or bracket behind it: its parameters, and whether there is more.
  let [asked, others] = [0, 0];
  const end = (): void => {
    for (let index = 0; index < asked; index++) places.push(asked === 1 && others === 0 ? column : null);
    [asked, others] = [0, 0];
  };
  for (const [token] of values.matchAll(TOKEN)) {
    if (/^(?:\s|--|\/\*)/.test(token)) continue;
    if (token === "(" && ++depth === 1) column = 0;
    else if (token === ")" && --depth === 0) end();
    else if (token === "," && depth === 1) {
      end();
      column++;
    } else if (token === "?") asked++;
    else others++;
  }
  return places;
}
