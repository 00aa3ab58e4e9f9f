import { timedeltaText } from "../../shared/python-time.ts";

/** str() of a timedelta; Trino says `-0 01:00:00.000`, Python "-1 day, 23:00:00". */
export function dayIntervalText(text: string): string {
  const match = /^(-?)(\d+) (\d\d):(\d\d):(\d\d)\.(\d{3})$/.exec(text);
  if (match === null) return text;
  const [days = 0n, hours = 0n, minutes = 0n, seconds = 0n, millis = 0n] = match.slice(2).map(BigInt);
  const total = (((days * 24n + hours) * 60n + minutes) * 60n + seconds) * 1000n + millis;
  return timedeltaText((match[1] === "-" ? -total : total) * 1000n);
}

/** str() of a relativedelta: Trino says `1-3` (years, months). */
export function monthIntervalText(text: string): string {
  const match = /^(-?)(\d+)-(\d+)$/.exec(text);
  if (match === null) return text;
  const sign = match[1] === "-" ? "-" : "+";
  const parts = [
    ["years", Number(match[2])],
    ["months", Number(match[3])],
  ] as const;
  const shown = parts.filter(([, count]) => count !== 0).map(([name, count]) => `${name}=${sign}${String(count)}`);
  return `relativedelta(${shown.join(", ")})`;
}
