import { expect, test } from "vitest";
import { fromPython } from "./convert.ts";
import { isSecretField, targetDict } from "./target.ts";

test("templates see the profile's keys, but none that may hold a secret", () => {
  const fields = {
    ...{ host: "h", user: "u", password: "p", jwt_token: "t", client_private_key: "k.pem" },
    ...{ http_headers: { Authorization: "Bearer t" }, secrets: [{ key_id: "k" }], motherduck_token: "t" },
  };
  const names = { profileName: "p", name: "prod", type: "trino", schema: "s", database: "d", threads: 4 };
  const target = { ...names, catalogs: [], tableDefaults: [], fields };
  expect(Object.keys(fromPython(targetDict(target)) as object).sort()).toEqual(
    ["database", "host", "name", "profile_name", "schema", "target_name", "threads", "type", "user"].sort(),
  );
  expect(["host", "keep_open"].filter(isSecretField)).toEqual([]);
});
