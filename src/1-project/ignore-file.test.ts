import { expect, test } from "vitest";
import { ignoreRules } from "./ignore-file.ts";

const FILES = [
  "models/a.sql",
  "models/b.sql",
  "models/keep.sql",
  "models/legacy/x.sql",
  "models/legacy/keep.sql",
  "models/legacy/deep/x.sql",
  "seeds/tmp/a.csv",
  "seeds/tmp.csv",
  "#odd.sql",
  "models/!odd.sql",
  "models/Legacy/x.sql",
  "macros/a/models/a.sql",
  "foo bar.sql",
  "tests/x",
];

// What Python's pathspec, which dbt uses, makes of the same lines.
test.each<[string, string[]]>([
  ["a.sql", ["models/a.sql", "macros/a/models/a.sql"]],
  [
    "*.sql",
    [
      "models/a.sql",
      "models/b.sql",
      "models/keep.sql",
      "models/legacy/x.sql",
      "models/legacy/keep.sql",
      "models/legacy/deep/x.sql",
      "#odd.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
      "macros/a/models/a.sql",
      "foo bar.sql",
    ],
  ],
  [
    "/models",
    [
      "models/a.sql",
      "models/b.sql",
      "models/keep.sql",
      "models/legacy/x.sql",
      "models/legacy/keep.sql",
      "models/legacy/deep/x.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
    ],
  ],
  ["legacy/", ["models/legacy/x.sql", "models/legacy/keep.sql", "models/legacy/deep/x.sql"]],
  ["**/tmp", ["seeds/tmp/a.csv"]],
  ["models/*/x.sql", ["models/legacy/x.sql", "models/Legacy/x.sql"]],
  [
    "models/**",
    [
      "models/a.sql",
      "models/b.sql",
      "models/keep.sql",
      "models/legacy/x.sql",
      "models/legacy/keep.sql",
      "models/legacy/deep/x.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
    ],
  ],
  [
    "models/*",
    [
      "models/a.sql",
      "models/b.sql",
      "models/keep.sql",
      "models/legacy/x.sql",
      "models/legacy/keep.sql",
      "models/legacy/deep/x.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
    ],
  ],
  [
    "*.sql\n!keep.sql",
    [
      "models/a.sql",
      "models/b.sql",
      "models/legacy/x.sql",
      "models/legacy/deep/x.sql",
      "#odd.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
      "macros/a/models/a.sql",
      "foo bar.sql",
    ],
  ],
  [
    "models/\n!models/keep.sql",
    [
      "models/a.sql",
      "models/b.sql",
      "models/legacy/x.sql",
      "models/legacy/keep.sql",
      "models/legacy/deep/x.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
      "macros/a/models/a.sql",
    ],
  ],
  ["# c\n\n  \nmodels/a.sql  ", ["models/a.sql"]],
  ["\\#odd.sql", ["#odd.sql"]],
  ["\\!odd.sql", ["models/!odd.sql"]],
  ["models/[ab].sql", ["models/a.sql", "models/b.sql"]],
  ["models/?.sql", ["models/a.sql", "models/b.sql"]],
  ["MODELS/a.sql", []],
  ["models/legacy/**\n!models/legacy/keep.sql", ["models/legacy/x.sql", "models/legacy/deep/x.sql"]],
  [
    "!*.sql\n*.sql",
    [
      "models/a.sql",
      "models/b.sql",
      "models/keep.sql",
      "models/legacy/x.sql",
      "models/legacy/keep.sql",
      "models/legacy/deep/x.sql",
      "#odd.sql",
      "models/!odd.sql",
      "models/Legacy/x.sql",
      "macros/a/models/a.sql",
      "foo bar.sql",
    ],
  ],
  ["foo\\ bar.sql", ["foo bar.sql"]],
  ["models/a.sq", []],
])("%j", (text, expected) => {
  expect(FILES.filter(ignoreRules(text))).toEqual(expected);
});

test("paths outside of the package can be asked for, too", () => {
  expect(ignoreRules("models/")("../shared/models/a.sql")).toBe(true);
});
