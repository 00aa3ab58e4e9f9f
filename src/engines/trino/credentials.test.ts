import { expect, test } from "vitest";
import { readCredentials } from "./credentials.ts";

const BASE = { type: "trino", host: "h", port: 8080, user: "me", catalog: "lake", schema: "s" };

function read(fields: Record<string, unknown>): ReturnType<typeof readCredentials> {
  return readCredentials({ ...BASE, ...fields }, "/project");
}

function credentials(fields: Record<string, unknown>): Extract<ReturnType<typeof read>, { credentials: unknown }> {
  const result = read(fields);
  if ("problem" in result) throw new Error(result.problem);
  return result;
}

test("defaults: no login, http, three tries", () => {
  const { credentials: plain, fields } = credentials({});
  expect(plain).toMatchObject({
    server: "http://h:8080",
    user: "me",
    database: "lake",
    basic: null,
    bearer: null,
    attempts: 3,
  });
  expect(fields).toMatchObject({ method: "none", database: "lake", prepared_statements_enabled: true });
});

test("logins use TLS, verified unless the profile says not to", () => {
  const ldap = credentials({ method: "ldap", password: "pw", impersonation_user: "other" }).credentials;
  expect(ldap).toMatchObject({ server: "https://h:8080", user: "other", basic: { user: "me", password: "pw" } });
  expect(ldap.tls.rejectUnauthorized).toBe(true);
  expect(credentials({ method: "ldap", password: "pw", cert: false }).credentials.tls.rejectUnauthorized).toBe(false);
  expect(credentials({ method: "jwt", jwt_token: "t" }).credentials.bearer).toBe("t");
});

test.each([
  [{ method: "kerberos" }, "method 'kerberos' is not supported"],
  [{ method: "gssapi" }, "method 'gssapi' is not supported"],
  [{ method: "magic" }, "method 'magic' is unknown"],
  [{ method: "ldap" }, "'password' is a required property"],
  [{ host: null, catalog: null }, "'host', 'catalog' are required properties"],
  [{ port: "x" }, "port must be a number from 1 to 65535, got 'x'"],
  [{ http_headers: { "X-Trino-User": "a" } }, "http_headers must not set X-Trino-User"],
  [{ method: "oauth" }, /opens no browser here/],
  [{ method: "certificate", client_certificate: "no.pem", client_private_key: "no.key" }, /no\.pem/],
])("%j is a clear problem", (fields, problem) => {
  const result = read(fields);
  expect("problem" in result ? result.problem : null).toEqual(
    typeof problem === "string" ? problem : expect.stringMatching(problem),
  );
});
