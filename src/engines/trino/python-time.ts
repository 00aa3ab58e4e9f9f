// Times, moments and intervals as the Python client reads them and Python prints them: with microseconds at most.

const MICROS = 6;

/** `10:11:12.1234567` or a moment that ends so, with six digits at most; what is rounded up may reach the next second. */
export function roundedToMicros(text: string): string {
  const [, whole = "", digits = ""] = /^(.*)\.(\d{7,})$/.exec(text) ?? [];
  if (digits === "") return text;
  const micros = halfEven(digits);
  if (micros < 1_000_000) return `${whole}.${String(micros).padStart(MICROS, "0")}`;
  return nextSecond(whole);
}

/** As Python's Decimal rounds: a half goes to the even neighbour. */
function halfEven(digits: string): number {
  const kept = Number(digits.slice(0, MICROS));
  const rest = digits.slice(MICROS);
  const half = `5${"0".repeat(rest.length - 1)}`;
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}

function nextSecond(whole: string): string {
  const isTime = !whole.includes("-");
  const moment = new Date(`${isTime ? `2000-01-01T${whole}` : whole.replace(" ", "T")}Z`);
  const next = new Date(moment.getTime() + 1000).toISOString();
  return isTime ? next.slice(11, 19) : `${next.slice(0, 10)}${whole.charAt(10)}${next.slice(11, 19)}`;
}

/** isoformat() of a time or a moment: six digits, or none where they are all zero. `zone` is an offset or empty. */
export function isoFormat(text: string, zone = ""): string {
  const [whole = "", fraction = ""] = roundedToMicros(text).split(".");
  return `${whole}${/[1-9]/.test(fraction) ? `.${fraction.padEnd(MICROS, "0")}` : ""}${zone}`;
}

/** `01:02:03.456+05:30` */
export function isoTime(text: string): string {
  const [, time = text, zone = ""] = /^([\d:.]+)([+-]\d\d:\d\d)$/.exec(text) ?? [];
  return isoFormat(time, zone);
}

/** str() of a timedelta; Trino says `-0 01:00:00.000`, Python "-1 day, 23:00:00". */
export function dayIntervalText(text: string): string {
  const match = /^(-?)(\d+) (\d\d):(\d\d):(\d\d)\.(\d{3})$/.exec(text);
  if (match === null) return text;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, millis = 0] = match.slice(2).map(Number);
  const total = (match[1] === "-" ? -1 : 1) * ((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + millis);
  const whole = Math.floor(total / 86_400_000);
  const clock = new Date(total - whole * 86_400_000).toISOString();
  const time = isoFormat(clock.slice(11, 23)).replace(/^0/, "");
  return whole === 0 ? time : `${String(whole)} day${Math.abs(whole) === 1 ? "" : "s"}, ${time}`;
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
