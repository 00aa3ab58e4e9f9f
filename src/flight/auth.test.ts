import { expect, test } from "vitest";
import { Authenticator } from "./auth.ts";

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

test("a token is given for the right password, and is valid for a time", async () => {
  let now = 0;
  const auth = new Authenticator({ user: "nurse", password: "a:b" }, () => now);
  await expect(auth.handshake(basic("nurse:wrong"))).rejects.toThrow("wrong");
  const token = await auth.handshake(basic("nurse:a:b"));
  expect(() => auth.check(`Bearer ${String(token)}`)).not.toThrow();
  for (const header of [undefined, "Bearer ", "Bearer nope", basic("nurse:a:b")])
    expect(() => auth.check(header)).toThrow();
  now = 13 * 3600 * 1000;
  expect(() => auth.check(`Bearer ${String(token)}`)).toThrow("expired");
});

test("without a login everybody is let in", async () => {
  const auth = new Authenticator(null);
  expect(await auth.handshake(undefined)).toBe(null);
  expect(() => auth.check(undefined)).not.toThrow();
});
