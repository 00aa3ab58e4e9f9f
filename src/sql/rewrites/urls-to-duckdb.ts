import { asCall, quoted, type Rewrite } from "./rewrite.ts";

/** A URL as everybody reads it, without escapes and rare signs; Trino gives NULL for some others, and undoes escapes. */
const PLAIN = String.raw`^[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9.-]+(:[0-9]+)?(/[\w.~!$&()*,;=:@/-]*)?(\?[\w.~!$&()*,;=:@/?-]*)?(#[\w.~!$&()*,;=:@/?-]*)?$`;

const PARTS = {
  url_extract_protocol: "^([^:]+):",
  url_extract_host: "^[^:]+://([^/?#:]+)",
  url_extract_path: "^[^:]+://[^/?#]+([^?#]*)",
  url_extract_query: String.raw`^[^?#]*\?([^#]*)`,
  url_extract_fragment: "#(.*)$",
};

function template(pattern: string): string {
  const [plain, part] = [PLAIN, pattern].map((one) => quoted(one).replaceAll("$", () => "$$"));
  return `(case when $1 like '%' || chr(10) or not regexp_matches($1, ${plain ?? ""}) then error('not translated: a part of a URL that is not plain') else regexp_extract($1, ${part ?? ""}, 1) end)`;
}

/** What is not there is '', as in DuckDB's regexp_extract. */
export const URLS_TO_DUCKDB: readonly Rewrite[] = Object.entries(PARTS).map(([name, pattern]) => ({
  construct: name,
  reason: "DuckDB has none",
  find: asCall(name, 1, template(pattern), "string"),
}));
