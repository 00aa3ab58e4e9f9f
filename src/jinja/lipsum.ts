import { noteUnsteady } from "./unsteady.ts";
import { Signature, toInt } from "./arguments.ts";
import { reserve } from "./limits.ts";
import { Markup } from "./str-object.ts";
import { truthy, type HostFunction } from "./values.ts";

const WORDS = (
  "a ac accumsan ad aenean aliquam aliquet amet ante aptent arcu at auctor augue bibendum blandit class commodo condimentum congue " +
  "consectetuer consequat conubia convallis cras cubilia cum curabitur curae cursus dapibus diam dictum dictumst dignissim dis dolor " +
  "donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod facilisi facilisis fames faucibus felis"
).split(" ");

const signature = new Signature("generate_lorem_ipsum", "n? html? min? max?");

function pick(): string {
  noteUnsteady();
  return WORDS[Math.floor(Math.random() * WORDS.length)] ?? "";
}

function paragraph(length: number): string {
  const words = Array.from({ length }, pick);
  const text = words.join(" ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** lipsum(): filler text. */
export const lipsum: HostFunction = function lipsum(args, kwargs) {
  const [n = 5, html = true, min = 20, max = 100] = signature.bind(args, kwargs);
  const count = Math.max(0, toInt(n));
  const longest = Math.max(toInt(max), toInt(min), 1);
  reserve(count * longest * 8);
  const size = (): number => toInt(min) + Math.floor(Math.random() * Math.max(1, toInt(max) - toInt(min)));
  const paragraphs = Array.from({ length: count }, () => paragraph(size()));
  if (!truthy(html)) return paragraphs.join("\n\n");
  return new Markup(paragraphs.map((text) => `<p>${text}</p>`).join("\n"));
};
