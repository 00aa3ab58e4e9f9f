import { getItem } from "./attributes.ts";
import { pyRepr, textOf, Undefined, type Value } from "./values.ts";

export type Getter = (item: Value) => Value;

function partsOf(attribute: Value): Value[] {
  if (attribute === null) return [];
  const text = textOf(attribute);
  if (text === undefined) return [attribute];
  return text.split(".").map((part) => (/^\p{Nd}+$/u.test(part) ? Number(part) : part));
}

/** Reads `a.b.0` from an item, as the attribute arguments of filters do. */
export function attributeGetter(attribute: Value, postprocess?: Getter, fallback: Value = null): Getter {
  const parts = partsOf(attribute);
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = getItem(value, part, pyRepr);
      if (fallback !== null && value instanceof Undefined) value = fallback;
    }
    return postprocess === undefined ? value : postprocess(value);
  };
}

/** Reads several attributes, separated by commas, into a list. */
export function attributesGetter(attribute: Value, postprocess?: Getter): Getter {
  const text = textOf(attribute);
  const getters = (text === undefined ? [attribute] : text.split(",")).map((part) =>
    attributeGetter(part, postprocess),
  );
  return (item) => getters.map((getter) => getter(item));
}

/** Lower-cases texts, so that sorting and comparing ignores case. */
export function ignoreCase(value: Value): Value {
  return textOf(value)?.toLowerCase() ?? value;
}
