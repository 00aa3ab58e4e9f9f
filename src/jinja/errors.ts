/** One place an error passed through on its way out of the templates. */
export interface ErrorFrame {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly macro?: string;
}

/**
 * An error of a template, named as Python would name it.
 * Frames are innermost first: where it happened, then the macro or template that called it.
 */
export class JinjaError extends Error {
  readonly pythonType: string;
  readonly frames: ErrorFrame[] = [];

  constructor(pythonType: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "JinjaError";
    this.pythonType = pythonType;
  }
}

/** Throws what Python code would raise here. */
export function raise(pythonType: string, message: string): never {
  throw new JinjaError(pythonType, message);
}

/** A syntax error carries the offset in its text; the compiler turns it into a place. */
export class TemplateSyntaxError extends JinjaError {
  readonly offset: number;

  constructor(message: string, offset: number, pythonType = "TemplateSyntaxError") {
    super(pythonType, message);
    this.offset = offset;
  }
}

function pythonTypeOf(error: Error): string {
  // A stack overflow is what deep recursion in a template looks like from JavaScript.
  // (V8 even words it as a syntax error, when it runs out while compiling a regular expression.)
  if (error.message.includes("call stack size exceeded")) return "RecursionError";
  if (error instanceof RangeError) return "MemoryError";
  const named = (error as { pythonType?: unknown }).pythonType;
  return typeof named === "string" ? named : "RuntimeError";
}

/** Makes a JinjaError of anything a host function threw, keeping the original as `cause`. */
export function toJinjaError(thrown: unknown): JinjaError {
  if (thrown instanceof JinjaError) return thrown;
  if (!(thrown instanceof Error)) return new JinjaError("RuntimeError", String(thrown), { cause: thrown });
  const type = pythonTypeOf(thrown);
  const message = type === "RecursionError" ? "maximum recursion depth exceeded" : thrown.message;
  return new JinjaError(type, message, { cause: thrown });
}
