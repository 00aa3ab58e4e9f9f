import { Composer, Lexer, parseDocument, Parser, type Document, type LineCounter } from "yaml";

type Options = NonNullable<Parameters<typeof parseDocument>[1]> & { readonly lineCounter: LineCounter };

/** A text as the `yaml` package reads it; where that finds it wrong, with the freedom that PyYAML gives brackets. */
export function composeYaml(text: string, options: Options): Document.Parsed {
  const strict = parseDocument(text, options);
  if (strict.errors.length === 0) return strict;
  const [free, ...more] = new Composer(options).compose(tokens(text), true, text.length);
  return free === undefined || free.errors.length > 0 || more.length > 0 ? strict : free;
}

function* tokens(text: string): ReturnType<Parser["parse"]> {
  const parser = new Parser();
  for (const lexeme of flowIsFree(new Lexer()).lex(text)) yield* parser.next(lexeme);
  yield* parser.end();
}

/** Between brackets PyYAML lets lines begin anywhere: a `}` often stands further out than YAML allows. */
function flowIsFree(lexer: Lexer): Lexer {
  let indent = 0;
  const state = lexer as unknown as { readonly flowLevel: number };
  Object.defineProperty(lexer, "indentNext", {
    get: () => (state.flowLevel > 0 ? 0 : indent),
    set: (next: number) => {
      indent = next;
    },
  });
  return lexer;
}
