import { isUtf8 } from "node:buffer";
import { DataType, DateUnit, Precision, Type, type Data } from "apache-arrow";
import type { ColumnMemory } from "../contracts/arrow.ts";

/** Digits that 128 bits hold. */
const MAX_DIGITS = 38;
const NO_BYTES = new Uint8Array(0);

/**
 * A column's memory, checked: nothing in it points outside, texts are UTF-8. Null: it is laid out in another way than its
 * type in `readSchema` (dictionaries, views, other units), or not to be trusted; then its values are read one by one.
 */
export function columnMemory(data: Data): ColumnMemory | null {
  if (data.offset !== 0) return null;
  // Of no rows apache-arrow makes no parts either; nulls alone have no memory.
  if (data.length === 0 || data.typeId === Type.Null)
    return { valid: null, bytes: NO_BYTES, offsets: null, children: [] };
  const parts = valuesMemory(data);
  if (parts === null) return null;
  if (data.nullCount === 0) return { ...parts, valid: null };
  const bits = data.nullBitmap as Uint8Array | null | undefined;
  return (bits?.length ?? 0) * 8 < data.length ? null : { ...parts, valid: bits ?? null };
}

type Parts = Omit<ColumnMemory, "valid">;

function valuesMemory(data: Data): Parts | null {
  const type = data.type;
  switch (type.typeId) {
    case Type.Bool:
      return plainBytes(data, Math.ceil(data.length / 8));
    case Type.Utf8:
    case Type.Binary:
      return textsMemory(data);
    case Type.List:
    case Type.Map:
      return listMemory(data);
    case Type.FixedSizeList:
    case Type.Struct:
      return partsMemory(data);
    default: {
      const width = plainWidth(type);
      return width === null ? null : plainBytes(data, data.length * width);
    }
  }
}

/** Bytes of a value that needs no conversion. */
function plainWidth(type: DataType): number | null {
  if (DataType.isInt(type)) return type.bitWidth / 8;
  if (DataType.isFloat(type))
    return { [Precision.SINGLE]: 4, [Precision.DOUBLE]: 8, [Precision.HALF]: null }[type.precision];
  if (DataType.isDecimal(type)) return type.bitWidth === 128 && type.precision <= MAX_DIGITS ? 16 : null;
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? 4 : null;
  if (DataType.isTime(type)) return type.bitWidth / 8;
  if (DataType.isTimestamp(type)) return 8;
  return null;
}

function bytesOf(view: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = view as Uint8Array<ArrayBuffer>;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function plainBytes(data: Data, needed: number): Parts | null {
  const values: unknown = data.values;
  if (!ArrayBuffer.isView(values) || values.byteLength < needed) return null;
  return { bytes: bytesOf(values), offsets: null, children: [] };
}

/** Null: they do not only grow, or leave `limit`. */
function checkedOffsets(data: Data, limit: number): Int32Array | null {
  const offsets: unknown = data.valueOffsets;
  if (!(offsets instanceof Int32Array) || offsets.length <= data.length) return null;
  let last = offsets[0] ?? -1;
  if (last < 0) return null;
  for (let row = 1; row <= data.length; row++) {
    const next = offsets[row] ?? -1;
    if (next < last) return null;
    last = next;
  }
  return last <= limit ? offsets : null;
}

function textsMemory(data: Data): Parts | null {
  const bytes = bytesOf(data.values);
  const offsets = checkedOffsets(data, bytes.length);
  if (offsets === null) return null;
  if (data.typeId === Type.Utf8 && !areTexts(bytes, offsets, data.length)) return null;
  return { bytes, offsets, children: [] };
}

/** All of it is UTF-8, and no text begins within a character. */
function areTexts(bytes: Uint8Array, offsets: Int32Array, count: number): boolean {
  const [first = 0, last = 0] = [offsets[0], offsets[count]];
  if (!isUtf8(bytes.subarray(first, last))) return false;
  for (let row = 1; row < count; row++) {
    const at = offsets[row] ?? 0;
    if (at < last && ((bytes[at] ?? 0) & 0xc0) === 0x80) return false;
  }
  return true;
}

function listMemory(data: Data): Parts | null {
  const [child] = data.children;
  if (child === undefined) return null;
  const offsets = checkedOffsets(data, child.length);
  const items = offsets === null ? null : columnMemory(child);
  return items === null ? null : { bytes: NO_BYTES, offsets, children: [items] };
}

function partsMemory(data: Data): Parts | null {
  const type = data.type;
  const each = DataType.isFixedSizeList(type) ? type.listSize : 1;
  const children: ColumnMemory[] = [];
  for (const child of data.children) {
    const memory = child.length < data.length * each ? null : columnMemory(child);
    if (memory === null) return null;
    children.push(memory);
  }
  return { bytes: NO_BYTES, offsets: null, children };
}
