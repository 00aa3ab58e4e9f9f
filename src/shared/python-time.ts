// Times, moments and intervals as Python prints them: with microseconds at most.

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

/** `01:02:03.456+05:30`, also with an offset in hours alone. */
export function isoTime(text: string): string {
  const [, time = text, zone = ""] = /^([\d:.]+)([+-]\d\d(?::\d\d)*)$/.exec(text) ?? [];
  return isoFormat(time, zone.length === 3 ? `${zone}:00` : zone);
}

/** str() of a timedelta. */
export function timedeltaText(micros: bigint): string {
  const DAY = 86_400_000_000n;
  const rest = ((micros % DAY) + DAY) % DAY;
  const days = (micros - rest) / DAY;
  const clock = new Date(Number(rest / 1000n)).toISOString().slice(11, 19);
  const time = isoFormat(`${clock}.${String(rest % 1_000_000n).padStart(MICROS, "0")}`).replace(/^0/, "");
  return days === 0n ? time : `${String(days)} day${days === 1n || days === -1n ? "" : "s"}, ${time}`;
}
