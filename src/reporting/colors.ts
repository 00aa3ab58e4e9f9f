import { styleText } from "node:util";

export type Color = "green" | "red" | "yellow" | "dim" | "bold";

export type Paint = (color: Color, text: string) => string;

/** Colours for a person, plain text for everybody else. */
export function paint(enabled: boolean): Paint {
  return enabled ? (color, text) => styleText(color, text, { validateStream: false }) : (_color, text) => text;
}

/** NO_COLOR and FORCE_COLOR decide; otherwise a terminal gets colours. */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTty: boolean): boolean {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  if (env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0") return true;
  return isTty;
}
