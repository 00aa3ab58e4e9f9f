import { PyIterator } from "./iterators.ts";
import { PyRange } from "./range.ts";
import { hasAstral, PyDict, PyObject, PyTuple, textOf, Undefined, type Value } from "./values.ts";
import { DictView } from "./views.ts";

/** reversed(value); undefined where Python cannot go backwards. */
export function reverseValue(value: Value): Value | undefined {
  const text = textOf(value);
  if (text !== undefined)
    return new PyIterator(hasAstral(text) ? Array.from(text).reverse() : text.split("").reverse(), "reversed");
  if (Array.isArray(value))
    return new PyIterator(value.slice().reverse(), value instanceof PyTuple ? "reversed" : "list_reverseiterator");
  if (value instanceof PyDict) return new PyIterator([...value.keys()].reverse(), "dict_reversekeyiterator");
  if (value instanceof DictView) return value.reversed();
  if (value instanceof PyRange) return new PyIterator([...value.iterate()].reverse(), "range_iterator");
  if (value instanceof Undefined) return new PyIterator([], "reversed");
  const own = value instanceof PyObject ? value.getAttribute("__reversed__") : undefined;
  return typeof own === "function" ? own([], {}) : undefined;
}
