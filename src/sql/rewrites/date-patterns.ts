/** Whether a pattern of strftime reads a whole date: what is missing, two digits of a year and fractions the engines fill in differently. */
export function readsWholeDate(pattern: string): boolean {
  const letters = [...pattern.matchAll(/%-?(.)/gsu)].map(([, letter]) => letter ?? "");
  const has = (...some: readonly string[]) => some.some((letter) => letters.includes(letter));
  const isWhole = has("Y") && has("m", "b", "B") && has("d");
  return isWhole && !has("y", "f", "a", "A", "j") && (!has("I") || has("p"));
}

/** strftime's letters and MySQL's, which Trino's date_format has; both give the same text for each. */
const STRFTIME_TO_MYSQL: Readonly<Record<string, string>> = {
  Y: "Y",
  y: "y",
  m: "m",
  "-m": "c",
  d: "d",
  "-d": "e",
  H: "H",
  "-H": "k",
  I: "I",
  "-I": "l",
  M: "i",
  S: "S",
  p: "p",
  j: "j",
  a: "a",
  A: "W",
  b: "b",
  B: "M",
  "%": "%",
  T: "T",
  V: "v",
  G: "x",
};
const MYSQL_TO_STRFTIME: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(STRFTIME_TO_MYSQL).map(([strftime, mysql]) => [mysql, strftime])),
  h: "I",
  s: "S",
  // Trino's formatter knows milliseconds only.
  f: "g000",
  r: "I:%M:%S %p",
};
/** Java's letters as strftime's, of those that give the same text. */
const JAVA_TO_STRFTIME: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  yy: "%y",
  MM: "%m",
  M: "%-m",
  MMM: "%b",
  MMMM: "%B",
  dd: "%d",
  d: "%-d",
  HH: "%H",
  H: "%-H",
  hh: "%I",
  h: "%-I",
  mm: "%M",
  ss: "%S",
  a: "%p",
  EEE: "%a",
  EEEE: "%A",
};

export function strftimeToMysql(pattern: string): string | null {
  return byLetters(pattern, /%(-?.)|%$|[^%]+/gsu, STRFTIME_TO_MYSQL);
}

export function mysqlToStrftime(pattern: string): string | null {
  return byLetters(pattern, /%(.)|%$|[^%]+/gsu, MYSQL_TO_STRFTIME);
}

function byLetters(pattern: string, pieces: RegExp, letters: Readonly<Record<string, string>>): string | null {
  let out = "";
  for (const [piece, letter] of pattern.matchAll(pieces)) {
    if (!piece.startsWith("%")) out += piece;
    else if (letter === undefined || letters[letter] === undefined) return null;
    else out += `%${letters[letter]}`;
  }
  return out;
}

export function javaToStrftime(pattern: string): string | null {
  let out = "";
  for (const [piece] of pattern.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g)) {
    if (/^[A-Za-z]/.test(piece)) {
      const letter = JAVA_TO_STRFTIME[piece];
      if (letter === undefined) return null;
      out += letter;
    } else {
      const content = piece.startsWith("'") ? (piece === "''" || piece === "'" ? "'" : piece.slice(1, -1)) : piece;
      out += content.replaceAll("%", "%%");
    }
  }
  return out;
}
