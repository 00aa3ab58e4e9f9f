import { expect, test } from "vitest";
import { DiagnosticError } from "../contracts/diagnostic.ts";
import { decodeZstdPlainly, refuseExplosive } from "./compressed-batches.ts";
import { decodeLz4Frame } from "./lz4-frame.ts";
import { verifyMessage } from "./verify-message.ts";

const numbers = Array.from({ length: 40 }, (_, index) => `${String(index)},`).join("");
const DATA = Buffer.concat([Buffer.from(numbers + "ab".repeat(300)), Buffer.from([...Array(64).keys()])]);
/** What pyarrow makes of it. */
const LZ4 = Buffer.from(
  "BCJNGGBAgrkAAAD/YTAsMSwyLDMsNCw1LDYsNyw4LDksMTAsMTEsMTIsMTMsMTQsMTUsMTYsMTcsMTgsMTksMjAsMjEsMjIsMjMsMjQsMjUsMjYsMjcsMjgsMjksMzAsMzEsMzIsMzMsMzQsMzUsMzYsMzcsMzgsMzksYWICAP//RfAxAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+PwAAAAA=",
  "base64",
);
const ZSTD = Buffer.from(
  "KLUv/WAGAqUEAAKLIh/AcGPGLIqiKIqi8A+wu7u3FBdhczD7WwFrAawFsNYBExIREA8OET7X2GquBoaFFRIQDgwKCAYEAgBWqhTqZCqRRqIQ6OPpcDaaDOZiqVAmkgjk4WgwFhUUxx3ub3d729m+u+65rz3qUH+605vO9NVVT33pMYf5y13ecpZvrnnmK4/D3+42e9fzFQEA8JQqFwU=",
  "base64",
);
/** The same as a stream, whose beginning does not know how long it will be. */
const STREAMED = Buffer.from(
  "KLUv/QBIpQQAAosiH8BwY8YsiqIoiqLwD7C7u7cUF2FzMPtbAWsBrAWw1gETEhEQDw4RPtfYaq4GhoUVEhAODAoIBgQCAFaqFOpkKpFGohDo4+lwNpoM5mKpUCaSCOThaDAWFRTHHe5vd3vb2b677rmvPepQf7rTm8701VVPfekxh/nLXd5ylm+ueeYrj8Pf7jZ71/MVAQDwlCoXBQ==",
  "base64",
);
/** A batch of one column, whose rows lie at byte 0 of its body. */
const HEADER = Buffer.from(
  "FAAAAAAAAAAMABgABgAFAAgADAAMAAAAAAMEABwAAAAgAQAAAAAAAAAAAAAMABwAEAAEAAgADAAMAAAASAAAABwAAAAUAAAAQAAAAAAAAAAAAAAABAAEAAQAAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHAEAAAAAAAAAAAAAAQAAAEAAAAAAAAAAAAAAAAAAAAA=",
  "base64",
);

test("frames fill the memory that they are given, or are refused", () => {
  for (const [decode, frame] of [
    [decodeLz4Frame, LZ4],
    [decodeZstdPlainly, ZSTD],
    [decodeZstdPlainly, STREAMED],
  ] as const) {
    expect(Buffer.from(decode(frame, DATA.length)).equals(DATA)).toBe(true);
    for (const size of [0, DATA.length - 1, DATA.length + 1]) expect(() => decode(frame, size)).toThrow();
  }
});

test("a broken LZ4 frame is refused, whichever byte is missing or wrong", () => {
  for (let end = 0; end < LZ4.length; end++)
    expect(() => decodeLz4Frame(LZ4.subarray(0, end), DATA.length)).toThrow(RangeError);
  for (let at = 0; at < LZ4.length; at++)
    for (const flip of [0x01, 0x80, 0xff]) {
      const wrong = Buffer.from(LZ4);
      wrong.writeUInt8((wrong[at] ?? 0) ^ flip, at);
      try {
        expect(decodeLz4Frame(wrong, DATA.length)).toHaveLength(DATA.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
});

test("a length that is a lie costs no memory", () => {
  const body = Buffer.alloc(0x120);
  body.writeBigInt64LE(512n, 0);
  refuseExplosive(verifyMessage(HEADER, body), body);
  body.writeBigInt64LE(1n << 40n, 0);
  expect(() => refuseExplosive(verifyMessage(HEADER, body), body)).toThrow(DiagnosticError);
  expect(() => verifyMessage(HEADER, body.subarray(0, 100))).toThrow(RangeError);
  const wide = Buffer.from(STREAMED);
  wide.writeUInt8(0xf8, 5);
  expect(() => decodeZstdPlainly(wide, DATA.length)).toThrow(RangeError);
});
