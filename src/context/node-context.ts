import { noteUnsteady } from "../jinja/unsteady.ts";
import type { RenderContext } from "../jinja/template.ts";
import { PyDict, PyObject, pyStr, type HostFunction, type Value } from "../jinja/values.ts";
import { GLOBAL_PACKAGE, type MacroEntry, type MacroRegistry } from "./macro-registry.ts";

/** A member that is worked out when a template first asks for it. */
export class Lazy {
  private readonly make: () => Value;
  private made: Value | undefined;

  constructor(make: () => Value) {
    this.make = make;
  }

  get value(): Value {
    return (this.made ??= this.make());
  }
}

/** A member that has another value in every command. */
export class Unsteady extends Lazy {
  override get value(): Value {
    noteUnsteady();
    return super.value;
  }
}

export type Members = Map<string, Value | Lazy>;

export function lookupMember(members: ReadonlyMap<string, Value | Lazy>, name: string): Value | undefined {
  const value = members.get(name);
  return value instanceof Lazy ? value.value : value;
}

export interface NodeContextOptions {
  readonly registry: MacroRegistry;
  /** The package whose macros are found by their plain name. */
  readonly packageName: string;
  /** Members that every context of the command shares. */
  readonly shared: ReadonlyMap<string, Value | Lazy>;
  /** Members of this node; they win over shared ones. Macros win over both, as in dbt; `builtins` has the originals. */
  readonly members: Members;
  /**
   * A generic test, while it is parsed: finds the macros it is parsed with. Members win over these, and a dispatch finds
   * the macros of every package.
   */
  readonly ofParsedTest?: ((name: string) => MacroEntry | undefined) | undefined;
  /** Told of each macro that the node's own text calls (not those that macros call). */
  readonly onMacroCall?: (uniqueId: string) => void;
}

/** The names one node's templates see. Macros called from it see the same names. */
export class NodeContext implements RenderContext {
  private readonly options: NodeContextOptions;
  private readonly resolved = new Map<string, Value>();
  private readonly added = new Set<string>();
  private readonly bound = new Map<MacroEntry, HostFunction>();
  private depth = 0;

  constructor(options: NodeContextOptions) {
    this.options = options;
  }

  lookup(name: string): Value | undefined {
    return this.find(name);
  }

  /** The value of a name that is there; never a stand-in for one that is not. */
  find(name: string): Value | undefined {
    const known = this.resolved.get(name);
    if (known !== undefined) return known;
    const value = this.resolve(name);
    if (value !== undefined) this.resolved.set(name, value);
    return value;
  }

  /** The macro that a dispatch without a namespace calls. */
  findDispatched(name: string): Value | undefined {
    const { registry, ofParsedTest } = this.options;
    const far = ofParsedTest === undefined ? undefined : registry.findAnywhere(name);
    return this.find(name) ?? (far === undefined ? undefined : this.bind(far));
  }

  private resolve(name: string): Value | undefined {
    const { registry, packageName, members, shared, ofParsedTest } = this.options;
    if (name === "context")
      return new NameMapping(
        (key) => this.find(key),
        () => this.names(),
        (names) => this.override(names),
      );
    if (name === "builtins")
      return new NameMapping(
        (key) => this.member(key),
        () => this.memberNames(),
      );
    const isMember = members.has(name) || shared.has(name);
    const isHidden = isMember && ofParsedTest !== undefined;
    const macro = isHidden ? undefined : (ofParsedTest?.(name) ?? registry.find(name, packageName));
    if (macro !== undefined) return this.bind(macro);
    if (isMember) return this.member(name);
    return registry.hasPackage(name) ? new MacroNamespace(this, registry, name) : undefined;
  }

  /** The member as dbt supplies it, also where a macro of that name hides it. */
  member(name: string): Value | undefined {
    const { members, shared } = this.options;
    return lookupMember(members, name) ?? lookupMember(shared, name);
  }

  /** Replaces members for good: what a materialization adds (`sql`, hooks) or a unit test overrides. */
  override(members: Readonly<Record<string, Value>>): void {
    for (const [name, value] of Object.entries(members)) {
      this.resolved.set(name, value);
      this.added.add(name);
    }
  }

  bind(entry: MacroEntry): HostFunction {
    let run = this.bound.get(entry);
    if (run === undefined) {
      run = this.tracked(entry);
      this.bound.set(entry, run);
    }
    return run;
  }

  private tracked(entry: MacroEntry): HostFunction {
    let body: HostFunction | null = null;
    return (args, kwargs) => {
      if (this.depth === 0) this.options.onMacroCall?.(entry.source.unique_id);
      body ??= entry.template(displayPath(entry, this.options.registry)).bind(this);
      this.depth++;
      try {
        return body(args, kwargs);
      } finally {
        this.depth--;
      }
    };
  }

  /** For the program's own calls: such a macro is none of those that the node's text calls. */
  callMacro(name: string, args: Value[], kwargs: Record<string, Value> = {}): Value {
    const macro = this.lookup(name);
    if (typeof macro !== "function") throw new Error(`bug: no macro named ${name}`);
    this.depth++;
    try {
      return macro(args, kwargs);
    } finally {
      this.depth--;
    }
  }

  /** Names of dbt's own members, without macros. */
  memberNames(): string[] {
    const { shared, members } = this.options;
    return [...new Set([...shared.keys(), ...members.keys()])];
  }

  names(): string[] {
    const { registry, packageName, shared, members } = this.options;
    return [
      ...new Set([
        ...shared.keys(),
        ...members.keys(),
        ...registry.namesIn(GLOBAL_PACKAGE),
        ...registry.namesIn(packageName),
        ...this.added,
      ]),
    ];
  }
}

function displayPath(entry: MacroEntry, registry: MacroRegistry): string {
  const { package_name, original_file_path } = entry.source;
  return package_name === registry.rootPackage ? original_file_path : `${package_name}/${original_file_path}`;
}

/** `dbt_utils` in `dbt_utils.star(...)`. */
class MacroNamespace extends PyObject {
  readonly pyType = "dict";
  private readonly context: NodeContext;
  private readonly registry: MacroRegistry;
  private readonly packageName: string;

  constructor(context: NodeContext, registry: MacroRegistry, packageName: string) {
    super();
    this.context = context;
    this.registry = registry;
    this.packageName = packageName;
  }

  /** Macros are items, not attributes: to an attribute with a leading underscore, Jinja's sandbox says no. */
  override getItem(key: Value): Value | undefined {
    const entry = typeof key === "string" ? this.registry.findInPackage(this.packageName, key) : undefined;
    return entry === undefined ? undefined : this.context.bind(entry);
  }

  override contains(item: Value): boolean {
    return typeof item === "string" && this.registry.findInPackage(this.packageName, item) !== undefined;
  }

  override iterate(): Iterable<Value> {
    return this.registry.namesIn(this.packageName);
  }
}

type AddNames = (names: Readonly<Record<string, Value>>) => void;

/**
 * A context's names as a mapping, which macros look names up in: `context` has all, `builtins` dbt's own. Packages keep
 * notes for the rest of a node's render in `context`, with `update`.
 */
class NameMapping extends PyObject {
  readonly pyType = "dict";
  private readonly find: (name: string) => Value | undefined;
  private readonly names: () => string[];
  private readonly add: AddNames | undefined;

  constructor(find: (name: string) => Value | undefined, names: () => string[], add?: AddNames) {
    super();
    this.find = find;
    this.names = names;
    this.add = add;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === "string" ? this.find(key) : undefined;
  }

  override contains(item: Value): boolean {
    return typeof item === "string" && this.find(item) !== undefined;
  }

  override iterate(): Iterable<Value> {
    return this.names();
  }

  override length(): number {
    return this.names().length;
  }

  override getAttribute(name: string): Value | undefined {
    switch (name) {
      case "get":
        return (args) => this.getItem(args[0] ?? null) ?? args[1] ?? null;
      case "keys":
        return () => this.names();
      case "update":
        return this.add === undefined ? undefined : (args, kwargs) => this.update(args[0] ?? null, kwargs);
      default:
        return this.find(name);
    }
  }

  private update(given: Value, kwargs: Readonly<Record<string, Value>>): Value {
    const names: Record<string, Value> = { ...kwargs };
    if (given instanceof PyDict) for (const [key, value] of given.entries()) names[pyStr(key)] = value;
    this.add?.(names);
    return null;
  }
}
