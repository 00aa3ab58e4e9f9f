import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { FlightError } from "./status.ts";

const TOKEN_MS = 12 * 3600 * 1000;
const MAX_TOKENS = 10_000;
/** A failed login waits, longer with each one in a row. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Basic → Bearer. Without a login everybody is let in. */
export class Authenticator {
  private readonly login: Login | null;
  private readonly tokens = new Map<string, number>();
  private failures = 0;
  private readonly now: () => number;

  constructor(login: Login | null, now: () => number = Date.now) {
    this.login = login;
    this.now = now;
  }

  /** A token for what the header says; null: none is needed. */
  async handshake(header: string | undefined): Promise<string | null> {
    if (this.login === null) return null;
    if (!this.isLogin(header)) {
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures++, 10));
      await new Promise((done) => setTimeout(done, wait));
      throw new FlightError("UNAUTHENTICATED", "The user or the password is wrong");
    }
    this.failures = 0;
    const token = randomBytes(32).toString("base64url");
    this.forgetOld();
    this.tokens.set(digest(token).toString("hex"), this.now() + TOKEN_MS);
    return token;
  }

  /** Who calls, null where nobody has to say; throws unless the call may go on. Only hashes are kept and looked up: how long that takes tells nothing of a token. */
  check(header: string | undefined): string | null {
    if (this.login === null) return null;
    const token = bearerToken(header);
    const expires = token === undefined ? undefined : this.tokens.get(digest(token).toString("hex"));
    if (expires === undefined) {
      const what = header === undefined ? "A token is needed: log in first" : "The token is not valid: log in again";
      throw new FlightError("UNAUTHENTICATED", what);
    }
    if (expires < this.now()) throw new FlightError("UNAUTHENTICATED", "The token has expired: log in again");
    return this.login.user;
  }

  private isLogin(header: string | undefined): boolean {
    const basic = /^basic (.+)$/i.exec(header ?? "")?.[1] ?? "";
    const expected = `${this.login?.user ?? ""}:${this.login?.password ?? ""}`;
    return timingSafeEqual(digest(Buffer.from(basic, "base64")), digest(expected));
  }

  private forgetOld(): void {
    for (const [token, expires] of this.tokens)
      if (expires < this.now() || this.tokens.size >= MAX_TOKENS) this.tokens.delete(token);
  }
}

/** Of an `authorization` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer (.+)$/i.exec(header ?? "")?.[1];
}

function digest(value: string | Uint8Array): Buffer {
  return createHash("sha256").update(value).digest();
}
