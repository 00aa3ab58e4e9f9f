import { raise } from "./errors.ts";

/** Python refuses to print longer integers, since that takes quadratic time. */
const MAX_INT_DIGITS = 4300;

export function bigintText(value: bigint): string {
  const text = value.toString();
  if (text.length > MAX_INT_DIGITS + (value < 0n ? 1 : 0)) {
    raise(
      "ValueError",
      `Exceeds the limit (${MAX_INT_DIGITS} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  return text;
}
