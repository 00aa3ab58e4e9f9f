/** repr() of bytes: `b'\\x00A'`. */
export function bytesRepr(data: Uint8Array): string {
  const mark = data.includes(39) && !data.includes(34) ? '"' : "'";
  const text = Array.from(data, (byte) => {
    if (byte === 92 || byte === mark.charCodeAt(0)) return `\\${String.fromCharCode(byte)}`;
    if (byte >= 32 && byte < 127) return String.fromCharCode(byte);
    const named = { 9: "\\t", 10: "\\n", 13: "\\r" }[byte];
    return named ?? `\\x${byte.toString(16).padStart(2, "0")}`;
  }).join("");
  return `b${mark}${text}${mark}`;
}
