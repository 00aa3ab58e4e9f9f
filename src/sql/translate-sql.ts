import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { SqlDialect } from "../contracts/query-shape.ts";
import { errorMessage } from "../shared/objects.ts";
import { findTranslationHazards, type FindHazards } from "./find-hazards.ts";

export type Translation =
  { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly refusals: readonly Diagnostic[] };

export type TranslateSql = (sql: string, from: SqlDialect, to: SqlDialect) => Promise<Translation>;

/**
 * Gives `translateSql`: polyglot's translation between gates, since a translator alone is silently wrong in one construct of
 * ten. Refused is a text with a hazard, one that polyglot does not translate, and one whose translation has a hazard read back.
 * What passes is still to be checked by the engine itself: names and types are not known here.
 */
export function createTranslator(findHazards: FindHazards): TranslateSql {
  return async (sql, from, to) => {
    if (from === to) return { ok: true, sql };
    const before = [...(await findHazards(sql, from, to)), ...findTranslationHazards(sql, from)];
    if (before.length > 0) return { ok: false, refusals: before };
    const translated = await transpile(sql, from, to);
    if (!translated.ok)
      return { ok: false, refusals: [diagnostic("DH7003", `It could not be translated: ${translated.reason}`)] };
    const after = await findHazards(translated.sql, to, from);
    if (after.length === 0) return translated;
    return {
      ok: false,
      // Places in the translation are no places in the text.
      refusals: after.map((hazard) => ({
        ...hazard,
        line: null,
        column: null,
        message: `In the translation: ${hazard.message}`,
      })),
    };
  };
}

async function transpile(
  sql: string,
  from: SqlDialect,
  to: SqlDialect,
): Promise<{ ok: true; sql: string } | { ok: false; reason: string }> {
  const { Dialect, transpile: translate } = await import("@polyglot-sql/sdk");
  const names = { duckdb: Dialect.DuckDB, trino: Dialect.Trino };
  try {
    const result = translate(sql, names[from], names[to]);
    if (!result.success || result.sql === undefined) return { ok: false, reason: result.error ?? "no translation" };
    return { ok: true, sql: result.sql.join(";\n") };
  } catch (error) {
    return { ok: false, reason: errorMessage(error) };
  }
}
