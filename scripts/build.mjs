// Bundles the program into dist/: few files start faster than many. Native packages stay outside.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { writeThirdPartyLicenses } from "./third-party-licenses.mjs";

rmSync("dist", { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    cli: "src/entry/cli.ts",
    index: "src/entry/index.ts",
    jinja: "src/entry/jinja.ts",
    "render-worker": "src/commands/render-worker.ts",
  },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  outdir: "dist",
  chunkNames: "[name]-[hash]",
  external: ["@duckdb/node-api"],
  // CommonJS packages inside the bundle call require() for node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
writeThirdPartyLicenses(metafile, "dist/THIRD-PARTY-LICENSES.txt");
cpSync("src/builtin", "dist/builtin", { recursive: true });
if (!process.argv.includes("--no-types"))
  execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.types.json"], { stdio: "inherit" });
