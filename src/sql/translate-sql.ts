import { diagnostic, type Diagnostic } from "../contracts/diagnostic.ts";
import type { SqlDialect } from "../contracts/query-shape.ts";
import { errorMessage } from "../shared/objects.ts";
import { findTranslationHazards, type FindHazards } from "./find-hazards.ts";
import { applyRewrites, writeOut } from "./rewrites/apply.ts";
import type { Rewrite } from "./rewrites/rewrite.ts";
import { TO_DUCKDB } from "./rewrites/to-duckdb.ts";
import { TO_TRINO } from "./rewrites/to-trino.ts";

const REWRITES: Readonly<Record<SqlDialect, readonly Rewrite[]>> = { duckdb: TO_TRINO, trino: TO_DUCKDB };

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
    const hazards = async (text: string) => [
      ...(await findHazards(text, from, to)),
      ...findTranslationHazards(text, from),
    ];
    const rewritten = applyRewrites(sql, from, REWRITES[from]);
    const before = await hazards(rewritten.sql);
    if (before.length > 0) return { ok: false, refusals: inOriginal(before, await hazards(sql)) };
    const translated = await transpile(rewritten.sql, from, to);
    if (!translated.ok) return untranslated(translated.reason);
    const after = await findHazards(translated.sql, to, from);
    if (after.length === 0) {
      const written = writeOut(translated.sql, to, rewritten.sites);
      return written === null
        ? untranslated("what stands for a piece of it was taken apart, or is nested too deep")
        : { ok: true, sql: written };
    }
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

function untranslated(reason: string): Translation {
  return { ok: false, refusals: [diagnostic("DH7003", `It could not be translated: ${reason}`)] };
}

/** Of what the rewritten text still has, the places in the text as it was. */
function inOriginal(left: readonly Diagnostic[], original: readonly Diagnostic[]): readonly Diagnostic[] {
  const placed = original.filter(({ message }) => left.some((hazard) => hazard.message === message));
  return placed.length > 0 ? placed : left.map((hazard) => ({ ...hazard, line: null, column: null }));
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
