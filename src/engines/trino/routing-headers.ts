import type { NodeConfig } from "../../contracts/manifest.ts";
import { asText, isRecord } from "../../shared/objects.ts";
import { RESERVED_HEADERS } from "./credentials.ts";

/**
 * The headers that a node's `client_tags` and `http_headers` ask for: gateways choose a cluster by them. Throws an Error
 * for values that are no list or mapping of texts, and for headers that Trino's client makes itself.
 */
export function routingHeaders(config: NodeConfig): Record<string, string> {
  const { client_tags: tags, http_headers: given } = config;
  const headers: Record<string, string> = {};
  if (tags !== undefined && tags !== null) {
    const isList = Array.isArray(tags) && tags.every((tag) => typeof tag === "string");
    if (!isList) throw new Error(`client_tags must be a list of texts, got ${JSON.stringify(tags)}`);
    if (tags.some((tag) => asText(tag).includes(",")))
      throw new Error(`client_tags must not contain commas, got ${JSON.stringify(tags)}`);
    headers["X-Trino-Client-Tags"] = tags.join(",");
  }
  if (given === undefined || given === null) return headers;
  if (!isRecord(given)) throw new Error(`http_headers must be a mapping of texts, got ${JSON.stringify(given)}`);
  for (const [name, value] of Object.entries(given)) {
    if (name.toLowerCase() === "x-trino-client-tags")
      throw new Error(`${name} is made by this program; use client_tags instead`);
    if (RESERVED_HEADERS.includes(name.toLowerCase()))
      throw new Error(`${name} is made by this program and cannot be set by http_headers`);
    if (typeof value !== "string" || /[\r\n]/.test(name + value))
      throw new Error(
        `http_headers must be a mapping of texts without line ends, got ${name}: ${JSON.stringify(value)}`,
      );
    headers[name] = value;
  }
  return headers;
}
