const cache = new Map<string, RegExp>();

/** Python's fnmatch: `*` any text, `?` one character, `[a-c]` and `[!a]` sets. Slashes are ordinary characters. */
export function fnmatch(text: string, pattern: string): boolean {
  let regex = cache.get(pattern);
  if (regex === undefined) {
    regex = new RegExp(`^${translate(pattern)}$`, "s");
    cache.set(pattern, regex);
  }
  return regex.test(text);
}

function translate(pattern: string): string {
  let result = "";
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern.charAt(index);
    if (char === "*") result += ".*";
    else if (char === "?") result += ".";
    else if (char === "[") {
      const end = pattern.indexOf("]", index + 2);
      if (end < 0) result += "\\[";
      else {
        const set = pattern.slice(index + 1, end).replaceAll("\\", "\\\\");
        result += `[${set.startsWith("!") ? `^${set.slice(1)}` : set}]`;
        index = end;
      }
    } else result += char.replace(/[.+^${}()|\\\]]/, "\\$&");
  }
  return result;
}

/** A file glob: `*` stays within a folder, `**` crosses folders. */
export function pathMatches(path: string, pattern: string): boolean {
  const key = `path:${pattern}`;
  let regex = cache.get(key);
  if (regex === undefined) {
    const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
    const body = parts
      .map((part, index) =>
        part === "**"
          ? index === parts.length - 1
            ? ".*"
            : "(?:.*/)?"
          : `${translate(part).replaceAll(".*", "[^/]*")}${index === parts.length - 1 ? "" : "/"}`,
      )
      .join("");
    regex = new RegExp(`^${body}$`);
    cache.set(key, regex);
  }
  return regex.test(path);
}
