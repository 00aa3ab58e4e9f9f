import { Signature, toInt } from "./arguments.ts";
import type { Filter } from "./environment.ts";
import { escapeValue } from "./escape.ts";
import { jsonDumps } from "./stdlib/json.ts";
import { escapeHtml, Markup } from "./str-object.ts";
import {
  iterate,
  PyDict,
  pyRepr,
  pyStr,
  raise,
  textOf,
  tryIterate,
  truthy,
  typeName,
  Undefined,
  type Value,
} from "./values.ts";
import { urlize } from "./urlize.ts";

const jsonArgs = new Signature("do_tojson", "value indent?", 1);

const tojson: Filter = (_state, value, args, kwargs) => {
  const [data = null, indent = null] = jsonArgs.bind([value, ...args], kwargs);
  const json = jsonDumps(data, { sortKeys: true, indent: indent === null ? null : (textOf(indent) ?? toInt(indent)) });
  return new Markup(json.replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`));
};

const xmlArgs = new Signature("do_xmlattr", "d autospace?", 1);

const xmlattr: Filter = (state, value, args, kwargs) => {
  const [dict = null, autospace = true] = xmlArgs.bind([value, ...args], kwargs);
  if (dict instanceof Undefined) return dict.fail();
  if (!(dict instanceof PyDict)) return raise("AttributeError", `'${typeName(dict)}' object has no attribute 'items'`);
  const parts: string[] = [];
  for (const [key, item] of dict.entries()) {
    if (item === null || item instanceof Undefined) continue;
    if (textOf(key) === undefined) raise("TypeError", `expected string or bytes-like object, got '${typeName(key)}'`);
    if (/[\s/>=]/.test(pyStr(key))) raise("ValueError", `Invalid character in attribute name: ${pyRepr(key)}`);
    parts.push(`${escapeHtml(pyStr(key))}="${escapeValue(item).text}"`);
  }
  const text = (truthy(autospace) && parts.length > 0 ? " " : "") + parts.join(" ");
  return state.autoescape ? new Markup(text) : text;
};

const striptags: Filter = (_state, value) => {
  let text = pyStr(value);
  for (let start = text.indexOf("<!--"); start !== -1; start = text.indexOf("<!--")) {
    const end = text.indexOf("-->", start);
    if (end === -1) break;
    text = text.slice(0, start) + text.slice(end + 3);
  }
  const bare = text.replace(/<[^>]*>/g, "");
  return unescapeHtml(bare.split(/\s+/).filter(Boolean).join(" "));
};

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));/g,
    (all: string, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? all;
      return String.fromCodePoint(hex === undefined ? Number(digits) : parseInt(hex, 16));
    },
  );
}

/** urllib.parse.quote() */
function urlQuote(value: Value, forQuery: boolean): string {
  const quoted = encodeURIComponent(pyStr(value)).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return forQuery ? quoted.replaceAll("%20", "+") : quoted.replaceAll("%2F", "/");
}

const urlencode: Filter = (_state, value) => {
  if (textOf(value) !== undefined || tryIterate(value) === undefined) return urlQuote(value, false);
  const pairs = value instanceof PyDict ? value.entries() : [...iterate(value)].map(pair);
  return Array.from(pairs, ([key, item]) => `${urlQuote(key, true)}=${urlQuote(item, true)}`).join("&");
};

function pair(item: Value): [Value, Value] {
  const parts = [...(tryIterate(item) ?? raise("TypeError", `cannot unpack non-iterable ${typeName(item)} object`))];
  if (parts.length < 2) raise("ValueError", `not enough values to unpack (expected 2, got ${parts.length})`);
  if (parts.length > 2) raise("ValueError", "too many values to unpack (expected 2)");
  return parts as [Value, Value];
}

const urlizeArgs = new Signature("do_urlize", "value trim_url_limit? nofollow? target? rel? extra_schemes?", 1);

const urlizeFilter: Filter = (_state, value, args, kwargs) => {
  const [text = null, limit = null, nofollow = false, target = null, rel = null, schemes = null] = urlizeArgs.bind(
    [value, ...args],
    kwargs,
  );
  const rels = new Set(
    [...pyStr(rel ?? "").split(/\s+/), ...(truthy(nofollow) ? ["nofollow"] : []), "noopener"].filter(Boolean),
  );
  return urlize(pyStr(text), {
    limit: limit === null ? undefined : toInt(limit),
    rel: [...rels].sort().join(" "),
    target: target === null ? undefined : pyStr(target),
    schemes: schemes === null ? [] : Array.from(iterate(schemes), pyStr),
  });
};

const pprint: Filter = (_state, value) => pyRepr(value);

export const htmlFilters: readonly [string, Filter][] = [
  ["escape", (_state, value) => escapeValue(value)],
  ["e", (_state, value) => escapeValue(value)],
  ["forceescape", (_state, value) => new Markup(escapeHtml(pyStr(value)))],
  ["safe", (_state, value) => new Markup(pyStr(value))],
  ["tojson", tojson],
  ["xmlattr", xmlattr],
  ["striptags", striptags],
  ["urlencode", urlencode],
  ["urlize", urlizeFilter],
  ["pprint", pprint],
];
