import type { ContractEngine } from "./engine-contract.ts";

export const duckDbCells: ContractEngine["cells"] = {
  int: [
    ["select 42 as v", 42],
    ["select 9007199254740993 as v", 9007199254740993n],
  ],
  float: [["select 1.5::double as v", 1.5]],
  decimal: [["select 12345678901234567890.123456789::decimal(38, 9) as v", "12345678901234567890.123456789"]],
  bool: [["select true as v", true]],
  text: [
    ["select 'ünïcødé 雪' as v", "ünïcødé 雪"],
    ["select '' as v", ""],
  ],
  date: [["select date '1969-07-20' as v", "1969-07-20"]],
  datetime: [["select timestamp '2024-02-29 12:34:56.123456' as v", "2024-02-29T12:34:56.123456"]],
  datetimetz: [["select timestamptz '2024-02-29 12:34:56+00' as v", "2024-02-29T12:34:56+00"]],
  time: [["select time '23:59:59.5' as v", "23:59:59.500000"]],
  nested: [["select [1, null] as v", "[1, null]"]],
};
