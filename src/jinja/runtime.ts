import type { Environment, RenderState } from "./environment.ts";
import { toJinjaError, type ErrorFrame } from "./errors.ts";
import type { Value } from "./objects.ts";
import { isMacroReturn } from "./macro-return.ts";
import { Undefined } from "./undefined.ts";

/** Where a template finds the names it does not define itself. */
export interface RenderContext {
  lookup(name: string): Value | undefined;
  /** Whether what a value does not have is a `ChainableUndefined` in the text rendered (not in the macros it calls). */
  readonly isLenient?: boolean;
}

/** Where a text stands in its file; line and column count from 1. */
export interface Origin {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** A template's text, which knows the place of every offset. */
export class TemplateText {
  readonly text: string;
  readonly #origin: Origin;

  constructor(text: string, origin: Origin) {
    this.text = text;
    this.#origin = origin;
  }

  place(offset: number, macro?: string): ErrorFrame {
    const before = this.text.slice(0, offset);
    const lastBreak = before.lastIndexOf("\n");
    const lines = lastBreak === -1 ? 0 : before.split("\n").length - 1;
    const column = offset - lastBreak + (lines === 0 ? (this.#origin.column ?? 1) - 1 : 0);
    const frame = { path: this.#origin.path, line: (this.#origin.line ?? 1) + lines, column };
    return macro === undefined ? frame : { ...frame, macro };
  }
}

/** One render, or one bound macro: what all its frames share. */
export interface Render extends RenderState {
  readonly context: RenderContext;
  readonly environment: Environment;
  readonly text: TemplateText;
  /** Variables set at top level, kept only for templates with blocks, which read them by name. */
  readonly exported: Map<string, Value> | undefined;
  /** See `RenderContext`. */
  readonly isLenient: boolean;
}

/** The variables of one running template, macro or recursive loop. */
export class Frame {
  readonly slots: (Value | undefined)[];
  readonly parent: Frame | undefined;
  readonly render: Render;
  /** Offset of what runs now; where an error is reported. */
  at = 0;
  out = "";
  /** The first thing written that is no text; Python notices when it joins the pieces. */
  foreign: { readonly value: Value; readonly at: number } | undefined;
  /** Values instead of text, in native templates. */
  chunks: Value[] = [];

  constructor(render: Render, parent: Frame | undefined, slotCount: number) {
    this.render = render;
    this.parent = parent;
    this.slots = new Array<Value | undefined>(slotCount);
  }
}

/** Throws on what was thrown in a frame, with the frame's place added; a macro's return passes as it is. */
export function rethrow(thrown: unknown, frame: Frame, macro?: string): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- control flow, see MacroReturn
  if (isMacroReturn(thrown)) throw thrown;
  const error = toJinjaError(thrown);
  error.frames.push(frame.render.text.place(frame.at, macro));
  throw error;
}

/** A value as the render has it: where that is lenient, what is not there can be called and asked for more. */
export function chaining(frame: Frame, value: Value): Value {
  return value instanceof Undefined && frame.render.isLenient ? value.chained() : value;
}

/** Looks a name up outside the template; undefined where nobody knows it. */
export function lookup(frame: Frame, name: string): Value | undefined {
  const { render } = frame;
  return render.exported?.get(name) ?? contextValue(render, name);
}

function contextValue(render: Render, name: string): Value | undefined {
  const own = render.exported?.get(name);
  if (own !== undefined) return own;
  const value = render.context.lookup(name);
  return value === undefined ? render.environment.globals.get(name) : value;
}
