import { expect, test } from "vitest";
import { unrenderedConfig } from "./unrendered-config.ts";

const NAME = (name: string): string => `Name(name='${name}', ctx='load')`;
const NO_ARGS = "args=[], kwargs=[], dyn_args=None, dyn_kwargs=None";

test.each([
  ["1.5", "Const(value=1.5)"],
  ["-1", "Neg(node=Const(value=1))"],
  ["+z", `Pos(node=${NAME("z")})`],
  ["[1, 'x']", "List(items=[Const(value=1), Const(value='x')])"],
  ["(1,)", "Tuple(items=[Const(value=1)], ctx='load')"],
  ["{'k': none}", "Dict(items=[Pair(key=Const(value='k'), value=Const(value=None))])"],
  ["'a' 'b'", "Const(value='ab')"],
  [`"it's"`, `Const(value="it's")`],
  ["'a' ~ 'b'", "Concat(nodes=[Const(value='a'), Const(value='b')])"],
  [
    "var('x', default=true)",
    `Call(node=${NAME("var")}, args=[Const(value='x')], kwargs=[Keyword(key='default', value=Const(value=True))], dyn_args=None, dyn_kwargs=None)`,
  ],
  ["f(*a, **b)", `Call(node=${NAME("f")}, args=[], kwargs=[], dyn_args=${NAME("a")}, dyn_kwargs=${NAME("b")})`],
  [
    "1 if not y.z[0] else 2",
    `CondExpr(test=Not(node=Getitem(node=Getattr(node=${NAME("y")}, attr='z', ctx='load'), arg=Const(value=0), ctx='load')), expr1=Const(value=1), expr2=Const(value=2))`,
  ],
  [
    "x | upper(2)",
    `Filter(node=${NAME("x")}, name='upper', args=[Const(value=2)], kwargs=[], dyn_args=None, dyn_kwargs=None)`,
  ],
  ["a is not none", `Not(node=Test(node=${NAME("a")}, name='none', ${NO_ARGS}))`],
  [
    "1 < 2 <= 3 and 4 in [5]",
    "And(left=Compare(expr=Const(value=1), ops=[Operand(op='lt', expr=Const(value=2)), Operand(op='lteq', expr=Const(value=3))]), right=Compare(expr=Const(value=4), ops=[Operand(op='in', expr=List(items=[Const(value=5)]))]))",
  ],
  ["x[1:2]", `Getitem(node=${NAME("x")}, arg=Slice(start=Const(value=1), stop=Const(value=2), step=None), ctx='load')`],
  ["2 ** 3 // 4", "FloorDiv(left=Pow(left=Const(value=2), right=Const(value=3)), right=Const(value=4))"],
])("%s is kept as dbt keeps it", (written, kept) => {
  expect(unrenderedConfig(`{{ config(key=${written}) }} select 1`)).toEqual({
    key: `Keyword(key='key', value=${kept})`,
  });
});

test("the first call counts, with its keywords alone", () => {
  const kept = { b: "Keyword(key='b', value=Const(value=2))" };
  expect(unrenderedConfig("{% if config(b=2) %}{% endif %}{{ x(config(c=1)) }}")).toEqual(kept);
  expect(unrenderedConfig("{{ config({'a': 1}) }}{{ config(b=2) }}")).toEqual({});
  expect(unrenderedConfig("select 1")).toEqual({});
});
