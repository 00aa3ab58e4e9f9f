// Bundles the docs site into one HTML file that needs no other and asks no network.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { licenseTexts } from "./third-party-licenses.mjs";

/** Gives the files that went in. */
export async function buildDocsSite(target) {
  const { metafile, outputFiles } = await build({
    entryPoints: ["src/docs-site/page.ts", "src/docs-site/page.css"],
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    target: ["es2022", "chrome110", "firefox115", "safari16.4"],
    // Texts in the page may end its script.
    charset: "ascii",
    legalComments: "none",
    outdir: "dist",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const output = (end) => outputFiles.find(({ path }) => path.endsWith(end)).text.trim();
  const [script, style] = [output(".js"), output(".css")];
  // With `<!--` before it, it would keep the script's end from being seen.
  if (/<script/i.test(script)) throw new Error("The docs site's script holds `<script`");
  const inputs = Object.keys(metafile.inputs);
  const parts = {
    script,
    style,
    "script-hash": hashOf(script),
    "style-hash": hashOf(style),
    licenses: licenseTexts(inputs).join("\n---\n\n").replaceAll("--", "- -"),
  };
  const template = readFileSync("src/docs-site/page.html", "utf8");
  writeFileSync(
    target,
    template.replaceAll(/\{\{([\w-]+)\}\}/g, (_, name) => parts[name]),
  );
  return inputs;
}

/** The browser runs and applies what has this hash, and nothing else. */
function hashOf(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
