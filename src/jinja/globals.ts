import { fromKeys, updateDict } from "./dict-methods.ts";
import { Signature } from "./arguments.ts";
import { lipsum } from "./lipsum.ts";
import { PyNamespace } from "./namespace.ts";
import { PyType } from "./py-type.ts";
import { pyRange } from "./range.ts";
import { PyDict, PyObject, raise, type Kwargs, type Value } from "./values.ts";

function makeDict(name: string, args: Value[], kwargs: Kwargs): PyDict {
  if (args.length > 1) raise("TypeError", `${name} expected at most 1 argument, got ${args.length}`);
  const dict = new PyDict();
  updateDict(dict, args, kwargs);
  return dict;
}

/** cycler(): hands out its items in turn. */
class Cycler extends PyObject {
  override readonly pyType = "Cycler";
  readonly #items: Value[];
  #at = 0;

  constructor(items: Value[]) {
    super();
    if (items.length === 0) raise("RuntimeError", "at least one item has to be provided");
    this.#items = items;
  }

  override get qualifiedType(): string {
    return "jinja2.utils.Cycler";
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "current":
        return this.#items[this.#at] ?? null;
      case "next":
        return () => this.#next();
      case "reset":
        return () => {
          this.#at = 0;
          return null;
        };
      default:
        return name === "pos" ? this.#at : undefined;
    }
  }

  #next(): Value {
    const item = this.#items[this.#at] ?? null;
    this.#at = (this.#at + 1) % this.#items.length;
    return item;
  }
}

/** joiner(): nothing the first time, the separator after that. */
class Joiner extends PyObject {
  override readonly pyType = "Joiner";
  readonly #separator: Value;
  #used = false;

  constructor(separator: Value) {
    super();
    this.#separator = separator;
  }

  override get qualifiedType(): string {
    return "jinja2.utils.Joiner";
  }

  override getAttribute(name: string): Value | undefined {
    return name === "sep" ? this.#separator : name === "used" ? this.#used : undefined;
  }

  override call(): Value {
    if (this.#used) return this.#separator;
    this.#used = true;
    return "";
  }
}

const joinerArgs = new Signature("Joiner.__init__", "sep?", 1);

function noKeywords(name: string, kwargs: Kwargs): void {
  if (Object.keys(kwargs).length > 0) raise("TypeError", `${name} takes no keyword arguments`);
}

export const jinjaGlobals: ReadonlyMap<string, Value> = new Map<string, Value>([
  [
    "range",
    function range(args: Value[], kwargs: Kwargs): Value {
      noKeywords("range()", kwargs);
      return pyRange(args);
    },
  ],
  [
    "dict",
    new PyType("dict", (args, kwargs) => makeDict("dict", args, kwargs), { fromkeys: (args) => fromKeys(args) }),
  ],
  ["lipsum", lipsum],
  ["cycler", new PyType("jinja2.utils.Cycler", (args) => new Cycler(args))],
  ["joiner", new PyType("jinja2.utils.Joiner", (args, kwargs) => new Joiner(joinerArgs.bind(args, kwargs)[0] ?? ", "))],
  [
    "namespace",
    new PyType("jinja2.utils.Namespace", (args, kwargs) => new PyNamespace(makeDict("dict", args, kwargs))),
  ],
]);
