// Bundles the program into dist/: few files start faster than many. Native packages stay outside.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { writeThirdPartyLicenses } from "./third-party-licenses.mjs";

const bundling = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Less text to scan at every start; names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  // The SQL translator looks for its WebAssembly beside its own file.
  external: ["@duckdb/node-bindings", "@polyglot-sql/sdk"],
  define: { __BUILD_ID__: JSON.stringify(buildId()) },
  // CommonJS packages inside the bundle call require() for node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
};

rmSync("dist", { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    cli: "src/entry/cli.ts",
    index: "src/entry/index.ts",
    jinja: "src/entry/jinja.ts",
    sql: "src/entry/sql.ts",
    "render-worker": "src/commands/render-worker.ts",
  },
  ...bundling,
  splitting: true,
  outdir: "dist",
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
});
writeThirdPartyLicenses(metafile, "dist/THIRD-PARTY-LICENSES.txt");
cpSync("src/builtin", "dist/builtin", { recursive: true });
cpSync("src/lakehouse/catalog-server", "dist/catalog-server", { recursive: true });
await indexMacros();
if (!process.argv.includes("--no-types"))
  execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.types.json"], { stdio: "inherit" });

/** What is remembered between commands belongs to one build: any change of the program forgets it. */
function buildId() {
  const hash = createHash("sha256");
  for (const name of readdirSync("src", { recursive: true }).sort()) {
    const path = join("src", name);
    if (statSync(path).isFile()) hash.update(path).update(readFileSync(path));
  }
  return hash.update(readFileSync("package-lock.json")).digest("hex").slice(0, 16);
}

/** Built-in macros are read and cut up once, here: see src/entry/index-macros.ts. */
async function indexMacros() {
  const outfile = "dist/index-macros.js";
  await build({ ...bundling, entryPoints: ["src/entry/index-macros.ts"], outfile });
  const step = await import(pathToFileURL(outfile).href);
  step.indexMacros(readdirSync("dist/builtin").map((name) => join("dist/builtin", name)));
  rmSync(outfile);
}
