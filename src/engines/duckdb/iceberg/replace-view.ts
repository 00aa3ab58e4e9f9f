import { errorMessage } from "../../../shared/objects.ts";
import type { RestCatalog } from "./rest-catalog.ts";

/** As Trino's builds name what they replace: either engine clears away what a killed run left. */
const BACKUP = "__dbt_backup";

/**
 * Puts `from`, a finished table, where the view `to` is. A catalog has no single step for it, so the view is moved aside
 * first: the name is empty between two requests, and where the second one is refused, the view comes back.
 */
export async function replaceView(catalog: RestCatalog, schema: string, from: string, to: string): Promise<void> {
  const backup = `${to}${BACKUP}`;
  await catalog.dropView(schema, backup);
  await catalog.rename("view", schema, to, backup);
  try {
    await catalog.rename("table", schema, from, to);
  } catch (error) {
    const back = await catalog.rename("view", schema, backup, to).then(
      () => "The view is as it was",
      () => `The view is now called ${backup}`,
    );
    throw new Error(`${errorMessage(error)}. ${back}`, { cause: error });
  }
  await catalog.dropView(schema, backup);
}
