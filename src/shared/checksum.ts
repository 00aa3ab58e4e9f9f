import { createHash } from "node:crypto";

export function md5(text: string | Buffer): string {
  return createHash("md5").update(text).digest("hex");
}

export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
