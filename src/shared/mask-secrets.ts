/** Replaces every secret in a text; `secrets` longest first. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) masked = masked.replaceAll(secret, "*****");
  return masked;
}
