import { generateKeyPairSync, pbkdf2Sync, sign } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/lakehouse/processes.ts";
import { writeSettings } from "../../src/lakehouse/services.ts";
import { OwnTrino } from "../support/own-trino.ts";
import { run, temporaryFolder, type Ran } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

// One Trino that takes passwords, tokens and client certificates over TLS, with nothing but a memory catalog.
const trino = new OwnTrino();
const CERTIFICATES = join(import.meta.dirname, "certificates");
const CA = join(CERTIFICATES, "ca.pem");
const PASSWORD = "corr3ct-h0rse-battery";
const tokens = generateKeyPairSync("rsa", { modulusLength: 2048 });
let tlsPort = 0;

beforeAll(async () => {
  tlsPort = await freePort();
  const file = (name: string, text: string): string => {
    writeFileSync(join(trino.data, name), text);
    return join(trino.data, name);
  };
  const salt = Buffer.from("0123456789abcdef");
  const hash = pbkdf2Sync(PASSWORD, salt, 1000, 20, "sha1").toString("hex");
  const passwords = file("passwords", `nurse:1000:${salt.toString("hex")}:${hash}\n`);
  await trino.prepare(
    { memory: { "connector.name": "memory" } },
    {
      "http-server.https.enabled": "true",
      "http-server.https.port": String(tlsPort),
      "http-server.https.keystore.path": join(CERTIFICATES, "server.pem"),
      "http-server.https.truststore.path": CA,
      "http-server.authentication.type": "PASSWORD,JWT,CERTIFICATE",
      "http-server.authentication.jwt.key-file": file(
        "tokens.pem",
        tokens.publicKey.export({ type: "spki", format: "pem" }).toString(),
      ),
      "http-server.authentication.certificate.user-mapping.pattern": ".*CN=([^,]+).*",
      "internal-communication.shared-secret": "only-for-tests",
    },
  );
  writeSettings(join(trino.data, "etc", "password-authenticator.properties"), {
    "password-authenticator.name": "file",
    "file.password-file": passwords,
  });
  await trino.start();
});

afterAll(() => trino.remove());

/** A JSON web token for a user. Source: https://datatracker.ietf.org/doc/html/rfc7519 */
function tokenFor(user: string, key = tokens.privateKey): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ sub: user, exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

function project(folder: string, output: Record<string, unknown>): void {
  const base = { type: "trino", host: "localhost", port: tlsPort, catalog: "memory", schema: "logins", threads: 1 };
  writeProject(folder, {
    "dbt_project.yml": "name: ward\nversion: '1.0'\nprofile: ward\n",
    // YAML takes JSON.
    "profiles.yml": JSON.stringify({ ward: { target: "tls", outputs: { tls: { ...base, ...output } } } }),
    "models/visits.sql": "{{ config(materialized='table') }} select current_user as who",
  });
}

/** Who Trino takes us for, or what the program says. */
async function ask(output: Record<string, unknown>): Promise<{ who: unknown } & Ran> {
  using work = temporaryFolder();
  project(work.path, output);
  const ran = await run(["show", "--inline", "select current_user as who", "--output", "json"], work.path);
  return { who: ran.code === 0 ? /"who": "(.*?)"/.exec(ran.stdout)?.[1] : null, ...ran };
}

const LDAP = { method: "ldap", user: "nurse", password: PASSWORD, cert: CA };
const CERTIFICATE = {
  method: "certificate",
  client_certificate: join(CERTIFICATES, "nurse.pem"),
  client_private_key: join(CERTIFICATES, "nurse.key"),
  cert: CA,
};

test.each([
  ["a password", LDAP],
  ["a password, at the other name of the server", { ...LDAP, host: "127.0.0.1" }],
  ["a password, without a look at the certificate", { ...LDAP, cert: false }],
  ["a token", () => ({ method: "jwt", user: "nurse", jwt_token: tokenFor("nurse"), cert: CA })],
  ["a token without a user beside it", () => ({ method: "jwt", jwt_token: tokenFor("nurse"), cert: CA })],
  ["a token got elsewhere", () => ({ method: "oauth", user: "nurse", jwt_token: tokenFor("nurse"), cert: CA })],
  ["a client certificate", { ...CERTIFICATE, user: "nurse" }],
  ["a client certificate without a user beside it", CERTIFICATE],
])("%s lets the user in", async (_what, output) => {
  const { who, stdout, stderr } = await ask(typeof output === "function" ? output() : output);
  expect(who, stdout + stderr).toBe("nurse");
});

const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

test.each([
  ["a wrong password", { ...LDAP, password: "wr0ng" }, /answered 401: .*Invalid credentials/, "Look at `method`"],
  [
    "a token of somebody else's key",
    () => ({ ...LDAP, method: "jwt", jwt_token: tokenFor("nurse", stranger) }),
    /answered 401/,
    "Look at `method`",
  ],
  [
    "no login at all",
    { method: "none", http_scheme: "https", user: "nurse", cert: CA },
    /answered 401/,
    "Look at `method`",
  ],
  [
    "somebody else's name",
    { ...LDAP, impersonation_user: "doctor" },
    /PERMISSION_DENIED: .*cannot impersonate user doctor/,
    "(query ",
  ],
  [
    "an authority that nobody knows",
    { ...LDAP, cert: null },
    /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    "`cert: path/to/ca.pem`",
  ],
  ["TLS where there is none", () => ({ ...LDAP, port: trino.port }), /EPROTO/, "Does this port speak TLS?"],
  ["no TLS where there is", { method: "none", user: "nurse" }, /Could not reach http:/, "`http_scheme: https`"],
])("%s is refused clearly", async (_what, output, message, hint) => {
  const given = typeof output === "function" ? output() : output;
  const { code, stdout, stderr } = await ask(given);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(message);
  expect(stdout + stderr).toContain(hint);
});

/** Every file below a folder that holds the text, and what the program printed. */
function placesOf(secret: string, folder: string, { stdout, stderr }: Ran): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "profiles.yml")
    .map((entry) => join(entry.parentPath, entry.name));
  return [
    ...files.filter((file) => readFileSync(file, "latin1").includes(secret)),
    ...(stdout.includes(secret) ? ["stdout"] : []),
    ...(stderr.includes(secret) ? ["stderr"] : []),
  ];
}

test("no secret of the profile reaches output, logs or artifacts, whether the login works or not", async () => {
  const token = tokenFor("nurse");
  const wrong = `${token.slice(0, -8)}AAAAAAAA`;
  const cases: [string, Record<string, unknown>, number][] = [
    [PASSWORD, LDAP, 0],
    ["wr0ng-as-can-be", { ...LDAP, password: "wr0ng-as-can-be" }, 2],
    [token, { method: "jwt", jwt_token: token, cert: CA }, 0],
    [wrong, { method: "jwt", jwt_token: wrong, cert: CA }, 2],
    [token, { method: "oauth", http_headers: { Authorization: `Bearer ${token}` }, cert: CA }, 0],
  ];
  for (const [secret, output, code] of cases) {
    using work = temporaryFolder();
    project(work.path, output);
    writeFileSync(join(work.path, "models", "sees.sql"), `select '{{ target | string | replace("'", "") }}' as target`);
    const basic = Buffer.from(`nurse:${secret}`).toString("base64");
    for (const command of secret === PASSWORD ? [["run"], ["debug"], ["docs", "generate"]] : [["run"], ["debug"]]) {
      const ran = await run([...command, "--log-level", "debug"], work.path);
      expect(ran.code, `${command.join(" ")} ${ran.stdout}`).toBe(command[0] === "debug" ? Math.min(code, 1) : code);
      expect(placesOf(String(tlsPort), work.path, ran), "what is no secret is found").not.toEqual([]);
      expect([...placesOf(secret, work.path, ran), ...placesOf(basic, work.path, ran)]).toEqual([]);
    }
  }
});
