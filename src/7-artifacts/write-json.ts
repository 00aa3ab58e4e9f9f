import { secretsOf, type Invocation } from "../contracts/invocation.ts";
import { writeFileAtomic } from "../shared/files.ts";
import { maskSecrets } from "../shared/mask-secrets.ts";

/** Writes an artifact whole or not at all, without secrets (also not in the form JSON gives them). */
export function writeJson(path: string, value: unknown, { env }: Invocation): void {
  const secrets = secretsOf(env);
  const escaped = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  writeFileAtomic(path, maskSecrets(JSON.stringify(value), [...new Set([...escaped, ...secrets])]));
}
