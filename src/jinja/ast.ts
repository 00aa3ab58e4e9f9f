import type { OrderOperator } from "./compare.ts";
import type { BinaryOperator, Value } from "./objects.ts";

/** Offsets are characters into the normalised text of the template. */
interface At {
  readonly at: number;
}

export interface Arguments {
  readonly args: readonly Expression[];
  readonly kwargs: readonly { readonly name: string; readonly value: Expression }[];
  readonly dynArgs: Expression | undefined;
  readonly dynKwargs: Expression | undefined;
}

export interface Name extends At {
  readonly kind: "name";
  readonly name: string;
}

export interface NamespaceRef extends At {
  readonly kind: "nsref";
  readonly name: string;
  readonly attribute: string;
}

export interface Const extends At {
  readonly kind: "const";
  readonly value: Value;
}

export interface Data extends At {
  readonly kind: "data";
  readonly text: string;
}

export interface Items extends At {
  readonly kind: "tuple" | "list";
  readonly items: readonly Expression[];
}

export interface DictLiteral extends At {
  readonly kind: "dict";
  readonly items: readonly { readonly key: Expression; readonly value: Expression }[];
}

export interface Condition extends At {
  readonly kind: "condition";
  readonly test: Expression;
  readonly then: Expression;
  readonly otherwise: Expression | undefined;
}

export interface Filter extends At {
  readonly kind: "filter";
  /** Undefined inside a filter block: the block's text. */
  readonly node: Expression | undefined;
  readonly name: string;
  readonly call: Arguments;
}

export interface Test extends At {
  readonly kind: "test";
  readonly node: Expression;
  readonly name: string;
  readonly call: Arguments;
}

export interface Call extends At {
  readonly kind: "call";
  readonly node: Expression;
  readonly call: Arguments;
}

export interface GetAttribute extends At {
  readonly kind: "getattr";
  readonly node: Expression;
  readonly name: string;
}

export interface GetItem extends At {
  readonly kind: "getitem";
  readonly node: Expression;
  readonly key: Expression;
}

export interface Slice extends At {
  readonly kind: "slice";
  readonly start: Expression | undefined;
  readonly stop: Expression | undefined;
  readonly step: Expression | undefined;
}

export interface Concat extends At {
  readonly kind: "concat";
  readonly items: readonly Expression[];
}

export type CompareOperator = OrderOperator | "==" | "!=" | "in" | "not in";

export interface Comparison extends At {
  readonly kind: "compare";
  readonly first: Expression;
  readonly rest: readonly { readonly op: CompareOperator; readonly value: Expression; readonly at: number }[];
}

export interface BinaryOperation extends At {
  readonly kind: "binary";
  readonly op: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Logic extends At {
  readonly kind: "and" | "or";
  readonly left: Expression;
  readonly right: Expression;
}

export interface Unary extends At {
  readonly kind: "not" | "negative" | "positive";
  readonly node: Expression;
}

export type Expression =
  | Name
  | NamespaceRef
  | Const
  | Data
  | Items
  | DictLiteral
  | Condition
  | Filter
  | Test
  | Call
  | GetAttribute
  | GetItem
  | Slice
  | Concat
  | Comparison
  | BinaryOperation
  | Logic
  | Unary;

export interface Output extends At {
  readonly kind: "output";
  readonly items: readonly Expression[];
}

export interface Assign extends At {
  readonly kind: "set";
  readonly target: Expression;
  readonly value: Expression;
}

export interface AssignBlock extends At {
  readonly kind: "setblock";
  readonly target: Expression;
  readonly filter: Filter | undefined;
  readonly body: readonly Statement[];
}

export interface For extends At {
  readonly kind: "for";
  readonly target: Expression;
  readonly iterable: Expression;
  readonly test: Expression | undefined;
  readonly recursive: boolean;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export interface If extends At {
  readonly kind: "if";
  readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise: readonly Statement[];
}

export interface With extends At {
  readonly kind: "with";
  readonly targets: readonly Expression[];
  readonly values: readonly Expression[];
  readonly body: readonly Statement[];
}

export interface Autoescape extends At {
  readonly kind: "autoescape";
  readonly value: Expression;
  readonly body: readonly Statement[];
}

export interface Block extends At {
  readonly kind: "block";
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Statement[];
}

/** extends, include, import and from: parsed, and refused when they run, since there is no loader. */
export interface Loading extends At {
  readonly kind: "loading";
  readonly template: Expression;
  readonly ignoreMissing: boolean;
  /** Names an import would define. */
  readonly targets: readonly string[];
}

export interface Parameter {
  readonly name: string;
  /** The type as it is written in a typed macro. */
  readonly type: string | null;
  readonly defaultValue: Expression | undefined;
  /** The default as it is written. */
  readonly defaultText: string | null;
}

export interface Signature {
  readonly params: readonly Parameter[];
}

export interface Macro extends At, Signature {
  readonly kind: "macro";
  readonly tag: "macro" | "test" | "data_test" | "materialization" | "docs";
  readonly name: string;
  readonly body: readonly Statement[];
}

export interface CallBlock extends At, Signature {
  readonly kind: "callblock";
  readonly call: Call;
  readonly body: readonly Statement[];
}

export interface FilterBlock extends At {
  readonly kind: "filterblock";
  readonly filter: Filter;
  readonly body: readonly Statement[];
}

export interface Do extends At {
  readonly kind: "do";
  readonly value: Expression;
}

export interface Jump extends At {
  readonly kind: "break" | "continue";
}

export type Statement =
  | Output
  | Assign
  | AssignBlock
  | For
  | If
  | With
  | Autoescape
  | Block
  | Loading
  | Macro
  | CallBlock
  | FilterBlock
  | Do
  | Jump;
