import { expect, test } from "vitest";
import { extractBlocks } from "../jinja/blocks.ts";
import { sourceWithSpace } from "./parse-macros.ts";

test("a macro's text keeps the white space that its own tags eat, and no more", () => {
  const text =
    "{# a #}\n\n{%- macro a() -%} 1 {%- endmacro -%}\n\n{%- macro b() %} 2 {% endmacro %}\n{% macro c() %}{% endmacro %}\n";
  let before = 0;
  const sources = extractBlocks(text, "macros/x.sql", ["macro"]).map((block) => {
    const source = sourceWithSpace(block, text, before);
    before = block.start + source.trimStart().length;
    return source;
  });
  expect(sources).toEqual([
    "\n\n{%- macro a() -%} 1 {%- endmacro -%}\n\n",
    "{%- macro b() %} 2 {% endmacro %}",
    "{% macro c() %}{% endmacro %}",
  ]);
});
