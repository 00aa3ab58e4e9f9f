import { evidentType, type EvidentType } from "../hazards/evident-type.ts";
import { inCallsOf, quoted, textOf, type Rewrite } from "./rewrite.ts";

/** What both engines write alike as text. */
const ALIKE: readonly EvidentType[] = ["string", "integer", "boolean", "date"];

/** format('{} has {}', a, b), piece by piece; one NULL makes all of it NULL. */
export const FORMAT_TO_TRINO: readonly Rewrite[] = [
  {
    construct: "format",
    reason: "Trino fills %s",
    find: inCallsOf("format", [2, 3, 4, 5, 6, 7, 8, 9], ({ args: [pattern, ...values] }, text) => {
      const source = textOf(text, pattern);
      const pieces = source?.split("{}") ?? [];
      if (pieces.length !== values.length + 1 || pieces.some((piece) => /[{}]/.test(piece))) return null;
      if (!values.every((value) => ALIKE.includes(evidentType(text, value)))) return null;
      const parts = pieces.flatMap((piece, i) => [
        ...(i > 0 ? [`cast($${String(i)} as varchar)`] : []),
        ...(piece === "" ? [] : [quoted(piece).replaceAll("$", () => "$$")]),
      ]);
      return { template: `(${parts.join(" || ")})`, type: "string", args: values };
    }),
  },
];
