import { createHash } from "node:crypto";
import { Metadata } from "@grpc/grpc-js";
import type { CatalogBrowser, CurrentPlace } from "../../contracts/query.ts";
import { bearerToken } from "../auth.ts";
import { KeptThings } from "./kept-things.ts";

/** The name that Arrow's own servers give it. */
const COOKIE = "arrow_flight_session_id";
const LIMIT = 10_000;

/** What a session can set; null: as the target has it. */
interface Options {
  catalog: string | null;
  schema: string | null;
}

type OptionName = keyof Options;

/** Why an option was not set. */
export type OptionProblem = "name" | "value";

/** What clients have set for their later calls. A client is known by its token, or by the cookie that it got. */
export class Sessions {
  private readonly kept = new KeptThings<Options>(LIMIT, "sessions");

  of(metadata: Metadata): CallSession {
    return new CallSession(this.kept, cookieOf(metadata), tokenOf(metadata));
  }
}

function cookieOf(metadata: Metadata): string | null {
  const cookies = metadata.get("cookie").flatMap((value) => value.toString().split(/;\s*/));
  const own = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`));
  return own === undefined ? null : own.slice(COOKIE.length + 1).replaceAll('"', "");
}

function tokenOf(metadata: Metadata): string | null {
  const token = bearerToken(metadata.get("authorization")[0]?.toString());
  // A token opens the door: it is kept nowhere as it is.
  return token === undefined ? null : createHash("sha256").update(token).digest("base64url");
}

/** The session of the client that makes a call. */
export class CallSession {
  private readonly kept: KeptThings<Options>;
  /** Made here; a cookie that nobody made is none. */
  private readonly cookie: string | null;
  private readonly token: string | null;

  constructor(kept: KeptThings<Options>, cookie: string | null, token: string | null) {
    this.kept = kept;
    this.cookie = cookie;
    this.token = token;
  }

  /** Null: the client has set nothing, and names mean what they mean to everybody. */
  current(browser: CatalogBrowser): CurrentPlace | null {
    const options = this.find();
    if (options === null || (options.catalog === null && options.schema === null)) return null;
    const target = browser.current();
    return { database: options.catalog ?? target.database, schema: options.schema ?? target.schema };
  }

  /**
   * Sets options, or with null unsets them; gives what could not be set, and the header that makes a client known which was not.
   * A schema has to be in the catalog that the session has then.
   */
  async set(
    browser: CatalogBrowser,
    wanted: ReadonlyMap<string, string | null>,
  ): Promise<{ problems: Map<string, OptionProblem>; headers: Metadata | null }> {
    const problems = new Map<string, OptionProblem>();
    const options = { ...(this.find() ?? { catalog: null, schema: null }) };
    // The catalog first: it says where a schema is looked for.
    for (const [name, value] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!isOption(name)) {
        problems.set(name, "name");
        continue;
      }
      const found = value === null ? null : await nameOf(browser, name, value, options);
      if (found === undefined) problems.set(name, "value");
      else options[name] = found;
    }
    return { problems, headers: this.keep(options) };
  }

  close(): void {
    for (const handle of this.handles()) this.kept.forget(handle);
  }

  private handles(): string[] {
    return [this.cookie, this.token].filter((handle) => handle !== null);
  }

  private find(): Options | null {
    for (const handle of this.handles()) {
      const found = this.kept.find(handle);
      if (found !== null) return found;
    }
    return null;
  }

  private keep(options: Options): Metadata | null {
    const known = this.find();
    if (known !== null) {
      Object.assign(known, options);
      return null;
    }
    const handle = this.kept.keep(options, this.token ?? undefined);
    if (this.token !== null) return null;
    const headers = new Metadata();
    headers.set("set-cookie", `${COOKIE}=${handle}; HttpOnly`);
    return headers;
  }
}

function isOption(name: string): name is OptionName {
  return name === "catalog" || name === "schema";
}

/** As the engine writes it; undefined: there is none. */
async function nameOf(
  browser: CatalogBrowser,
  option: OptionName,
  value: string,
  { catalog }: Options,
): Promise<string | undefined> {
  const names =
    option === "catalog" ? browser.databases() : await browser.schemas(catalog ?? browser.current().database);
  return names.find((name) => name.toLowerCase() === value.toLowerCase());
}
