import nunjucks from "nunjucks";
import type { Environment, Filter } from "./environment.ts";
import { DEFAULT_ENVIRONMENT } from "./default-environment.ts";
import { JinjaError } from "./errors.ts";
import { compileTemplate, type RenderContext, type Template } from "./template.ts";
import type { HostFunction, Value } from "./values.ts";

/** A template's text and where it starts in its file, when its name is not the file's path. */
export interface PlacedText {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Where the host finds the text of a template. */
export type TemplateSource = (name: string) => string | PlacedText | undefined;

interface CompiledTemplate {
  readonly type: "code";
  readonly obj: {
    readonly root: (env: unknown, context: unknown, frame: unknown, runtime: unknown, done: Done) => void;
  };
}

type Done = (error: unknown, text?: string) => void;

class TextLoader extends nunjucks.Loader {
  readonly #compile: (path: string) => CompiledTemplate | undefined;

  readonly #cache: boolean;

  constructor(compile: (path: string) => CompiledTemplate | undefined, cache: boolean) {
    super();
    this.#compile = compile;
    this.#cache = cache;
  }

  getSource(name: string): nunjucks.LoaderSource {
    const src = this.#compile(name);
    // nunjucks takes a compiled template where its types say text: that is its interface for precompiled ones.
    return (src === undefined ? null : { src, path: name, noCache: !this.#cache }) as unknown as nunjucks.LoaderSource;
  }
}

/**
 * Renders whole templates through a nunjucks Environment: its loader, its cache, its globals and filters.
 * What nunjucks runs is compiled by our own front end; its compiler never sees a user's template.
 */
export class NunjucksHost {
  readonly #environment: nunjucks.Environment;
  readonly #filters = new Map<string, Filter>(DEFAULT_ENVIRONMENT.filters);
  readonly #globals = new Map<string, Value>(DEFAULT_ENVIRONMENT.globals);
  #renders: RenderContext[] = [];

  /** Without `cache` a template is compiled anew each time: for texts that are rendered once. */
  constructor(source: TemplateSource, { cache = true }: { readonly cache?: boolean } = {}) {
    const loader = new TextLoader((name) => {
      const found = source(name);
      if (found === undefined) return undefined;
      const { text, ...place } = typeof found === "string" ? { text: found, path: name } : found;
      return this.#compiled(compileTemplate(text, { ...place, environment: this.#own() }));
    }, cache);
    // Only with `dev` does nunjucks keep the error it was given, and with it our frames.
    this.#environment = new nunjucks.Environment(loader, { dev: true, autoescape: false });
  }

  /** Filters and globals added later are seen too: the maps are shared. */
  #own(): Environment {
    return { filters: this.#filters, tests: DEFAULT_ENVIRONMENT.tests, globals: this.#globals };
  }

  #compiled(template: Template): CompiledTemplate {
    const root: CompiledTemplate["obj"]["root"] = (_env, _context, _frame, _runtime, done) => {
      const context = this.#renders.at(-1);
      try {
        done(null, template.render(context ?? { lookup: () => undefined }));
      } catch (error) {
        done(error);
      }
    };
    return { type: "code", obj: { root } };
  }

  /** Adds a filter: its first argument is the piped value. */
  addFilter(name: string, filter: HostFunction): this {
    this.#filters.set(name, (_state, value, args, kwargs) => filter([value, ...args], kwargs));
    return this;
  }

  /** Adds a global that every template sees unless its context has the same name. */
  addGlobal(name: string, value: Value): this {
    this.#globals.set(name, value);
    this.#environment.addGlobal(name, value);
    return this;
  }

  render(path: string, context: RenderContext): string {
    this.#renders.push(context);
    try {
      return this.#environment.render(path, {});
    } catch (error) {
      throw originalError(error);
    } finally {
      this.#renders.pop();
    }
  }
}

/** nunjucks wraps what it is given; callers want the error with the frames. */
function originalError(error: unknown): unknown {
  for (let current: unknown = error; current instanceof Error; current = current.cause)
    if (current instanceof JinjaError) return current;
  if (error instanceof Error && error.message.includes("template not found"))
    return new JinjaError("TemplateNotFound", error.message, { cause: error });
  return error;
}
