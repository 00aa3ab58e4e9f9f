import { secretsOf, type Invocation } from "../contracts/invocation.ts";
import { writeFileAtomic } from "../shared/files.ts";
import { maskSecrets } from "../shared/mask-secrets.ts";
import { isRecord } from "../shared/objects.ts";

/** Writes an artifact whole or not at all, without secrets (also not in the form JSON gives them). */
export function writeJson(path: string, value: unknown, invocation: Invocation): void {
  writeJsonPieces(path, jsonPieces(value, PIECE_DEPTH), invocation);
}

/** JSON as text, or as its UTF-8. */
type JsonPiece = string | Buffer;

/** The same for what is JSON already; no secret may lie across two pieces. */
export function writeJsonPieces(path: string, pieces: Iterable<JsonPiece>, invocation: Invocation): void {
  const secrets = secretsOf(invocation);
  const escaped = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  writeFileAtomic(path, masked(pieces, [...new Set([...escaped, ...secrets])]));
}

/** The depth of a manifest's nodes. */
const PIECE_DEPTH = 2;

function* masked(pieces: Iterable<JsonPiece>, secrets: readonly string[]): Generator<JsonPiece> {
  if (secrets.length === 0) yield* pieces;
  else for (const piece of pieces) yield maskSecrets(piece.toString(), secrets);
}

/** JSON that is made when it is written. */
export class JsonText {
  readonly text: () => string;

  constructor(text: () => string) {
    this.text = text;
  }
}

/** JSON in pieces: a large manifest is never in memory as one text. */
export function* jsonPieces(value: unknown, depth: number): Generator<string> {
  if (value instanceof JsonText) {
    yield value.text();
    return;
  }
  if (depth === 0 || !isRecord(value) || "toJSON" in value) {
    yield JSON.stringify(value);
    return;
  }
  let mark = "{";
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    yield `${mark}${JSON.stringify(key)}:`;
    yield* jsonPieces(part, depth - 1);
    mark = ",";
  }
  yield mark === "{" ? "{}" : "}";
}
