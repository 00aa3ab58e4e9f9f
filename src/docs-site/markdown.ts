import { Lexer, type Token, type Tokens } from "marked";
import { append, h, type Child } from "./element.ts";
import { safeImage, safeLink } from "./safe-url.ts";
import { isGiven } from "./given.ts";

/** Tags that a description may have in its text. */
const TAGS = ["b", "strong", "i", "em", "u", "s", "code", "kbd", "sub", "sup", "mark", "small", "p", "br"] as const;
type AllowedTag = (typeof TAGS)[number];
/** Left out, as comments are: what is between them says enough. Any other is text, as `<customer_id>` may be meant. */
const LEFT_OUT = /^<(!--|\/?(div|span|center|font|a|details|summary)\b)/i;

/** Markdown as elements. HTML in it is never handed to the browser: everything is made here, one element at a time. */
export function markdown(text: string): HTMLElement {
  const result = h("div", { class: "markdown" });
  append(result, blocks(new Lexer({ gfm: true }).lex(text)));
  return result;
}

/** The same for a cell of a table. */
export function markdownOrNothing(text: string | null | undefined): HTMLElement | null {
  return text === null || text === undefined || text.trim() === "" ? null : markdown(text);
}

function blocks(tokens: readonly Token[]): Child[] {
  return tokens.map(block);
}

function block(token: Token): Child {
  switch (token.type) {
    case "heading":
      return heading(token as Tokens.Heading);
    case "paragraph":
      return h("p", {}, inline((token as Tokens.Paragraph).tokens));
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? text : inline(tokens);
    }
    case "code":
      return h("pre", {}, h("code", {}, (token as Tokens.Code).text));
    case "blockquote":
      return h("blockquote", {}, blocks((token as Tokens.Blockquote).tokens));
    case "list":
      return list(token as Tokens.List);
    case "table":
      return table(token as Tokens.Table);
    case "hr":
      return h("hr");
    case "html":
      return h("div", {}, inline(Lexer.lexInline((token as Tokens.HTML).text)));
    case "space":
    case "def":
      return null;
    default:
      return token.raw;
  }
}

/** The page has its own first heading: those of a text begin below. */
function heading({ depth, tokens }: Tokens.Heading): Child {
  return h(depth === 1 ? "h3" : depth === 2 ? "h4" : depth === 3 ? "h5" : "h6", {}, inline(tokens));
}

function list({ ordered, start, items }: Tokens.List): Child {
  const made = items.map((item) =>
    h(
      "li",
      {},
      item.task && h("input", { type: "checkbox", disabled: true, checked: item.checked === true }),
      blocks(item.tokens.filter((token) => token.type !== "checkbox")),
    ),
  );
  return ordered ? h("ol", { start: start === "" || start === 1 ? null : start }, made) : h("ul", {}, made);
}

function table({ header, rows, align }: Tokens.Table): Child {
  const cell = (tag: "th" | "td") => (one: Tokens.TableCell, index: number) =>
    h(tag, { class: isGiven(align[index]) ? `align-${align[index]}` : null }, inline(one.tokens));
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, header.map(cell("th")))),
    h(
      "tbody",
      {},
      rows.map((row) => h("tr", {}, row.map(cell("td")))),
    ),
  );
}

/** Tags come one by one, opening and closing: what is open takes the children. */
function inline(tokens: readonly Token[]): Child {
  const fragment = h("span");
  const open: { readonly tag: string; readonly element: Element }[] = [];
  for (const token of tokens) {
    const parent = open.at(-1)?.element ?? fragment;
    if (token.type !== "html") {
      append(parent, [span(token)]);
      continue;
    }
    const [, slash, name = ""] = /^<(\/?)([a-z][\w:-]*)/i.exec(token.raw) ?? [];
    const tag = name.toLowerCase();
    if (!isAllowed(tag)) append(parent, [LEFT_OUT.test(token.raw) ? null : token.raw]);
    else if (slash === "/") closeTag(open, tag);
    else {
      const element = h(tag);
      parent.append(element);
      if (tag !== "br") open.push({ tag, element });
    }
  }
  return [...fragment.childNodes];
}

function isAllowed(tag: string): tag is AllowedTag {
  return (TAGS as readonly string[]).includes(tag);
}

function closeTag(open: { readonly tag: string }[], tag: string): void {
  const at = open.findLastIndex((one) => one.tag === tag);
  if (at >= 0) open.length = at;
}

function span(token: Token): Child {
  switch (token.type) {
    case "strong":
      return h("strong", {}, inline((token as Tokens.Strong).tokens));
    case "em":
      return h("em", {}, inline((token as Tokens.Em).tokens));
    case "del":
      return h("s", {}, inline((token as Tokens.Del).tokens));
    case "codespan":
      return h("code", {}, (token as Tokens.Codespan).text);
    case "br":
      return h("br");
    case "link":
      return link(token as Tokens.Link);
    case "image":
      return image(token as Tokens.Image);
    case "escape":
      return (token as Tokens.Escape).text;
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? withEntities(text) : inline(tokens);
    }
    default:
      return token.raw;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", mdash: "—", ndash: "–", hellip: "…" },
  ...{ copy: "©", rarr: "→", larr: "←", times: "×", middot: "·", bull: "•" },
};

function withEntities(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return point > 0 && point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

function link({ href, title, tokens }: Tokens.Link): Child {
  const url = safeLink(href);
  const content = inline(tokens);
  return url === null ? content : anchor(url, title, content);
}

function anchor(url: string, title: string | null | undefined, content: Child): Child {
  const elsewhere = url.startsWith("#") ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return h("a", { href: url, title, ...elsewhere }, content);
}

/** An image from elsewhere would tell others who reads this: it is a link. */
function image({ href, title, text }: Tokens.Image): Child {
  const source = safeImage(href);
  if (source !== null) return h("img", { src: source, alt: text, title, loading: "lazy" });
  const url = safeLink(href);
  return url === null ? text : anchor(url, title, text === "" ? url : text);
}
