// Bundles the program into dist/: few files start faster than many. Native packages stay outside.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildDocsSite } from "./build-docs-site.mjs";
import { writeThirdPartyLicenses } from "./third-party-licenses.mjs";
import { refuseCycles, toCommonJs } from "./to-common-js.mjs";

const BUILD_ID = buildId();
const bundling = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // The SQL translator looks for its WebAssembly beside its own file.
  external: ["@duckdb/node-bindings", "@polyglot-sql/sdk"],
  define: { __BUILD_ID__: JSON.stringify(BUILD_ID) },
  logLevel: "warning",
};

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
writeFileSync("dist/build-id", BUILD_ID);
const { metafile, outputFiles } = await build({
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
  outExtension: { ".js": ".cjs" },
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
  write: false,
});
refuseCycles(metafile.outputs);
for (const { path, text } of outputFiles) writeFileSync(path, await toCommonJs(text, path));
for (const name of ["index", "jinja", "sql"]) writeFileSync(`dist/${name}.js`, importable(name));
const siteInputs = await buildDocsSite("dist/docs-site.html");
writeThirdPartyLicenses([...Object.keys(metafile.inputs), ...siteInputs], "dist/THIRD-PARTY-LICENSES.txt");
cpSync("src/builtin", "dist/builtin", { recursive: true });
mkdirSync("dist/python");
cpSync("src/engines/duckdb/python/driver.py", "dist/python/driver.py");
cpSync("src/lakehouse/catalog-server", "dist/catalog-server", { recursive: true });
await indexMacros();
if (!process.argv.includes("--no-types"))
  execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.types.json"], { stdio: "inherit" });

/** An entry of the package, for `import`. */
function importable(name) {
  const names = metafile.outputs[`dist/${name}.cjs`].exports.join(", ");
  return `import { createRequire } from "node:module";\nexport const { ${names} } = createRequire(import.meta.url)("./${name}.cjs");\n`;
}

/** What is remembered between commands belongs to one build: any change of the program forgets it. */
function buildId() {
  const hash = createHash("sha256");
  const sources = readdirSync("src", { recursive: true }).map((name) => join("src", name));
  for (const path of [...sources.sort(), "scripts/build.mjs", "scripts/to-common-js.mjs", "package-lock.json"])
    if (statSync(path).isFile()) hash.update(path).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

/** Built-in macros are read and cut up once, here: see src/entry/index-macros.ts. */
async function indexMacros() {
  const outfile = "dist/index-macros.cjs";
  await build({ ...bundling, format: "cjs", entryPoints: ["src/entry/index-macros.ts"], outfile });
  const step = await import(pathToFileURL(outfile).href);
  step.indexMacros(readdirSync("dist/builtin").map((name) => join("dist/builtin", name)));
  rmSync(outfile);
}
