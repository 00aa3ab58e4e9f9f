/** A double as an exact fraction of integers. */
function exact(value: number): { numerator: bigint; denominator: bigint } {
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(scaled), denominator };
}

/** Rounds half to even, on the exact value. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

/** %.nf of a value that is not negative; JavaScript's toFixed stops at 1e21. */
export function fixedText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  const { numerator, denominator } = exact(value);
  const digits = divideRounded(numerator * 10n ** BigInt(precision), denominator)
    .toString()
    .padStart(precision + 1, "0");
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** %.ne of a value that is not negative. */
export function exponentText(value: number, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  const places = Math.min(precision, 100);
  const [mantissa = "", exponent = "0"] = value.toExponential(places).split("e");
  const tail = precision > places ? "0".repeat(precision - places) : "";
  const power = Number(exponent);
  return `${mantissa}${tail}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** %.ng of a value that is not negative; `repr` switches to exponents one digit earlier, as str(format) does. */
export function generalText(value: number, precision: number, alternate: boolean, repr = false): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  const digits = Math.max(1, precision);
  const power = value === 0 ? 0 : Number(value.toExponential(Math.min(digits - 1, 100)).split("e")[1]);
  const scientific = power < -4 || power >= (repr ? Math.max(1, digits - 1 + (digits === 1 ? 0 : 1)) : digits);
  const text = scientific ? exponentText(value, digits - 1) : fixedText(value, digits - 1 - power);
  return alternate ? text : trimZeros(text);
}

function trimZeros(text: string): string {
  return text.replace(/^(\d+)\.(\d*?)0*(e.*)?$/, (_all, whole: string, fraction: string, power?: string) => {
    return whole + (fraction === "" ? "" : `.${fraction}`) + (power ?? "");
  });
}
