const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const IMAGE = /^data:image\/(png|jpeg|gif|webp);/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Browsers skip these in front of and inside a scheme. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const SKIPPED = /[\u0000-\u0020]/g;

/** An address that a description may link to; null: one that would run something. */
export function safeLink(url: string): string | null {
  const scheme = SCHEME.exec(url.replaceAll(SKIPPED, ""))?.[0].toLowerCase();
  return scheme === undefined || SCHEMES.has(scheme) ? url.trim() : null;
}

/** An image that is beside the page or inside the text; null: it would be fetched from elsewhere. */
export function safeImage(url: string): string | null {
  const bare = url.replaceAll(SKIPPED, "");
  if (IMAGE.test(bare)) return url;
  return SCHEME.test(bare) || /^[\\/]{2}/.test(bare) ? null : url;
}
