import { escapeHtml } from "./str-object.ts";

export interface UrlizeOptions {
  readonly limit: number | undefined;
  readonly rel: string;
  readonly target: string | undefined;
  readonly schemes: readonly string[];
}

const URL =
  /^(?:(?:https?:\/\/|www\.)(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const MAIL = /^\S+@\w[\w.-]*\.\w+$/;
const BRACKETS = [
  ["(", ")"],
  ["<", ">"],
  ["&lt;", "&gt;"],
] as const;

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Splits a word into punctuation before, the word, and punctuation behind. */
function trimWord(word: string): [string, string, string] {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? "";
  let middle = word.slice(head.length);
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? "";
  middle = middle.slice(0, middle.length - tail.length);
  for (const [open, close] of BRACKETS) {
    const opened = occurrences(middle, open);
    if (opened <= occurrences(middle, close)) continue;
    for (let i = Math.min(opened, occurrences(tail, close)); i > 0; i--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return [head, middle, tail];
}

function link(word: string, options: UrlizeOptions): string {
  const attributes = `${options.rel === "" ? "" : ` rel="${escapeHtml(options.rel)}"`}${options.target === undefined ? "" : ` target="${escapeHtml(options.target)}"`}`;
  if (URL.test(word)) {
    const href = /^https?:\/\//.test(word) ? word : `https://${word}`;
    const shown =
      options.limit !== undefined && word.length > options.limit ? `${word.slice(0, options.limit)}...` : word;
    return `<a href="${href}"${attributes}>${shown}</a>`;
  }
  if (word.startsWith("mailto:") && MAIL.test(word.slice(7))) return `<a href="${word}">${word.slice(7)}</a>`;
  if (word.includes("@") && !/^(?:www\.|@)/.test(word) && !word.includes(":") && MAIL.test(word))
    return `<a href="mailto:${word}">${word}</a>`;
  const scheme = options.schemes.find((start) => word !== start && word.startsWith(start));
  return scheme === undefined ? word : `<a href="${word}"${attributes}>${word}</a>`;
}

/** Turns addresses in a text into links. */
export function urlize(text: string, options: UrlizeOptions): string {
  return escapeHtml(text)
    .split(/(\s+)/)
    .map((word) => {
      const [head, middle, tail] = trimWord(word);
      return head + link(middle, options) + tail;
    })
    .join("");
}
