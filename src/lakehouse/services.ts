import { mkdirSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Installation } from "./install.ts";

export const SERVICE_NAMES = ["storage", "catalog", "trino"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];
export type Ports = Readonly<Record<ServiceName, number>>;

/** What the storage knows its one user by; it listens on loopback only. */
export const STORAGE = { key: "lake", secret: "lakesecret", bucket: "warehouse", region: "us-east-1" } as const;
/** The catalog's name in Trino. */
export const CATALOG = "lake";
export const WAREHOUSE = `s3://${STORAGE.bucket}/`;

export interface Service {
  readonly name: ServiceName;
  readonly args: readonly string[];
}

/** Asked until it answers as it should. */
export interface Probe {
  readonly url: string;
  readonly isReady: (status: number, body: string) => boolean;
}

export function urlOf(name: ServiceName, ports: Ports): string {
  return `http://127.0.0.1:${String(ports[name])}`;
}

export function probeOf(name: ServiceName, ports: Ports): Probe {
  const url = urlOf(name, ports);
  switch (name) {
    case "storage":
      return { url: `${url}/`, isReady: (status) => status < 500 };
    case "catalog":
      return { url: `${url}/v1/config`, isReady: (status) => status === 200 };
    case "trino":
      return { url: `${url}/v1/info`, isReady: (status, body) => status === 200 && body.includes('"starting":false') };
  }
}

const LIGHT = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"];

/** Marks our processes, so that a pid that was given to somebody else is never taken for ours. */
export function marker(data: string): string {
  return `-Dduckhouse.lakehouse=${data}`;
}

/** The three servers' command lines; their configuration is written below `data`. */
export function services(installed: Installation, data: string, ports: Ports, catalogServer: string): Service[] {
  writeConfiguration(data, ports, (name) => urlOf(name, ports));
  return [
    { name: "storage", args: storageArgs(installed, data) },
    { name: "catalog", args: catalogArgs(installed, data, ports, catalogServer) },
    { name: "trino", args: trinoArgs(installed, data) },
  ];
}

function storageArgs({ storage }: Installation, data: string): string[] {
  const settings = join(data, "etc", "s3proxy.conf");
  return [...LIGHT, marker(data), "-DLOG_LEVEL=warn", "-jar", storage, "--properties", settings];
}

function catalogArgs({ catalog }: Installation, data: string, ports: Ports, catalogServer: string): string[] {
  return [
    ...[...LIGHT, marker(data), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "--enable-native-access=ALL-UNNAMED"],
    ...["-cp", [catalogServer, join(catalog, "*")].join(delimiter), "CatalogServer"],
    ...[String(ports.catalog), `${join(data, "catalog.db")}?busy_timeout=30000&journal_mode=WAL`, WAREHOUSE],
    ...["io-impl=org.apache.iceberg.aws.s3.S3FileIO", `s3.endpoint=${urlOf("storage", ports)}`],
    ...["s3.path-style-access=true", `client.region=${STORAGE.region}`],
    ...[`s3.access-key-id=${STORAGE.key}`, `s3.secret-access-key=${STORAGE.secret}`],
  ];
}

/** A Trino that reads its settings from `data`/etc; `heap` is what its JVM may take, `plugins` where its plugins lie. */
export function trinoArgs(
  { java, trino, cache }: Installation,
  data: string,
  { heap = "1500M", plugins = join(trino, "plugin") }: { heap?: string; plugins?: string } = {},
): string[] {
  const etc = join(data, "etc");
  const javaName = basename(dirname(dirname(java))) || "java";
  return [
    ...["-server", `-Xmx${heap}`, "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", "-XX:ReservedCodeCacheSize=256M"],
    ...["-Djdk.attach.allowAttachSelf=true", "-Djdk.nio.maxCachedBufferSize=2000000", "-XX:+EnableDynamicAgentLoading"],
    ...["--sun-misc-unsafe-memory-access=allow", marker(data)],
    // The archive of classes belongs to one Java: it halves the next start.
    ...["-XX:+AutoCreateSharedArchive", `-XX:SharedArchiveFile=${join(cache, `trino-${javaName}.jsa`)}`],
    ...[`-Dconfig=${join(etc, "config.properties")}`, `-Dlog.levels-file=${join(etc, "log.properties")}`],
    ...["-Dnode.environment=lake", "-Dnode.id=n1", "-Dnode.bind-ip=127.0.0.1", "-Dnode.internal-address=127.0.0.1"],
    ...[`-Dnode.data-dir=${join(data, "trino")}`, `-Dplugin.dir=${plugins}`],
    ...[`-Dcatalog.config-dir=${join(etc, "catalog")}`, "-cp", join(trino, "lib", "*"), "io.trino.server.TrinoServer"],
  ];
}

function writeConfiguration(data: string, ports: Ports, url: (name: ServiceName) => string): void {
  const etc = join(data, "etc");
  for (const folder of [join(data, "s3", STORAGE.bucket), join(data, "trino"), join(etc, "catalog")])
    mkdirSync(folder, { recursive: true });
  const write = (path: string, settings: Settings): void => writeSettings(join(etc, path), settings);
  write("s3proxy.conf", {
    "s3proxy.endpoint": url("storage"),
    "s3proxy.authorization": "aws-v2-or-v4",
    "s3proxy.identity": STORAGE.key,
    "s3proxy.credential": STORAGE.secret,
    // Trino asks for attributes that s3proxy has not heard of.
    "s3proxy.ignore-unknown-headers": "true",
    "jclouds.provider": "filesystem-nio2",
    "jclouds.filesystem.basedir": join(data, "s3"),
  });
  write("config.properties", {
    ...singleNode(url("trino")),
    "http-server.http.port": String(ports.trino),
    "query.max-memory": "1GB",
    "query.max-memory-per-node": "800MB",
  });
  write("log.properties", { "io.trino": "INFO" });
  write(`catalog/${CATALOG}.properties`, icebergCatalog(url("catalog"), url("storage")));
  write("catalog/tpch.properties", { "connector.name": "tpch" });
  write("catalog/memory.properties", { "connector.name": "memory" });
}

type Settings = Readonly<Record<string, string>>;

/** A Java properties file. */
export function writeSettings(file: string, settings: Settings): void {
  mkdirSync(dirname(file), { recursive: true });
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(file, lines.join(""));
}

/** What a Trino of one node is told of itself; its port comes with it. */
export function singleNode(url: string): Settings {
  return {
    coordinator: "true",
    "node-scheduler.include-coordinator": "true",
    "discovery.uri": url,
    "catalog.management": "dynamic",
  };
}

/** A Trino catalog over an Iceberg REST catalog and the storage below it. */
export function icebergCatalog(catalogUrl: string, storageUrl: string): Settings {
  return {
    "connector.name": "iceberg",
    "iceberg.catalog.type": "rest",
    "iceberg.rest-catalog.uri": catalogUrl,
    "iceberg.unique-table-location": "true",
    "iceberg.add-files-procedure.enabled": "true",
    "iceberg.expire-snapshots.min-retention": "0s",
    "iceberg.remove-orphan-files.min-retention": "0s",
    "fs.native-s3.enabled": "true",
    "s3.endpoint": storageUrl,
    "s3.path-style-access": "true",
    "s3.aws-access-key": STORAGE.key,
    "s3.aws-secret-key": STORAGE.secret,
    "s3.region": STORAGE.region,
  };
}
