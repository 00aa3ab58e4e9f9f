/** repr() of a float: shortest digits that read back the same, exponent from 1e16 on and below 1e-4. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) return `${mantissa}e${exponent < 0 ? "-" : "+"}${padExponent(exponent)}`;
  const text = exponent < 0 ? plainSmall(mantissa, exponent) : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

function padExponent(exponent: number): string {
  return String(Math.abs(exponent)).padStart(2, "0");
}

function plainSmall(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
}
