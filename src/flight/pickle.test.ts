import { expect, test } from "vitest";
import { readPickle, writePickle } from "./pickle.ts";

/** What xorq 0.4.9 sends: cloudpickle's protocol 5. */
const UPLOAD = "gAWVOQAAAAAAAAB9lCiMCnRhYmxlX25hbWWUjAZ2aXNpdHOUjAZrd2FyZ3OUfZSMBnRhcmdldJSMBmR1Y2tkYpRzdS4=";
const read = (base64: string): unknown => readPickle(Buffer.from(base64, "base64"));

test("plain values are read", () => {
  expect(read("gAVOLg==")).toBeNull();
  expect(read(UPLOAD)).toEqual(
    new Map<string, unknown>([
      ["table_name", "visits"],
      ["kwargs", new Map([["target", "duckdb"]])],
    ]),
  );
});

test.each([
  ["a function", "gAWVFgAAAAAAAACMCGJ1aWx0aW5zlIwFcHJpbnSUk5Qu"],
  ["a call", Buffer.from("cos\nsystem\n(S'true'\ntR.").toString("base64")],
  ["a list", "gAVdLg=="],
  ["nothing", "gAUu"],
  ["a mark", "gAUoLg=="],
  ["no end", "gAVO"],
  ["a text that is cut", "gAWMBWFi"],
  ["a dict in itself", Buffer.from("8005 7d94 8c0161 6800 73 2e".replaceAll(" ", ""), "hex").toString("base64")],
])("%s is refused", (_, base64) => {
  expect(() => read(base64)).toThrow("Flight SQL");
});

test("every cut and every changed byte gives a value or a refusal", () => {
  const bytes = Buffer.from(UPLOAD, "base64");
  for (let at = 0; at < bytes.length; at++)
    for (let value = 0; value < 256; value += 3) {
      const wrong = Buffer.from(bytes);
      wrong.writeUInt8(value, at);
      try {
        readPickle(wrong);
      } catch (error) {
        expect(error).toMatchObject({ name: "FlightError" });
      }
    }
});

test("answers are written as Python reads them", () => {
  expect(writePickle(["a", { b: null, c: 12, d: true }]).toString("latin1")).toBe(
    "\x80\x02](X\x01\0\0\0a}(X\x01\0\0\0bNX\x01\0\0\0cI12\nX\x01\0\0\0d\x88ue.",
  );
});
