import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { LOCK } from "../../src/lakehouse/lock.ts";
import { icebergCatalog, STORAGE, WAREHOUSE } from "../../src/lakehouse/services.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0;

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<"trino" | "catalog" | "storage", Service>>;
  readonly configs: { readonly lake: { readonly content: string } };
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(readFileSync(join(ROOT, "docker-compose.yml"), "utf8")) as Compose;

test("docker-compose.yml is the lakehouse of `lakehouse up`: ports, versions, keys, the catalog's settings", () => {
  const { trino, catalog, storage } = compose.services;
  expect(Object.keys(compose.services).sort()).toEqual(["catalog", "storage", "trino"]);
  expect([trino, catalog, storage].flatMap(({ ports }) => ports)).toEqual([
    "127.0.0.1:18080:8080",
    "127.0.0.1:18090:8181",
    "127.0.0.1:18085:80",
  ]);
  expect(trino.image).toBe(`trinodb/trino:${LOCK.trino}`);
  const settings = compose.configs.lake.content.trim().split("\n");
  expect(Object.fromEntries(settings.map((line) => line.split("=")))).toEqual(
    icebergCatalog("http://catalog:8181", "http://storage"),
  );
  expect(catalog.environment).toMatchObject({
    CATALOG_WAREHOUSE: WAREHOUSE,
    AWS_ACCESS_KEY_ID: STORAGE.key,
    AWS_SECRET_ACCESS_KEY: STORAGE.secret,
  });
  expect(storage.environment).toMatchObject({
    S3PROXY_IDENTITY: STORAGE.key,
    S3PROXY_CREDENTIAL: STORAGE.secret,
  });
});

test("docker-compose.yml keeps data and catalog in named volumes, and every service has a health check", () => {
  const services = Object.values(compose.services);
  const mounted = services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(":")[0]));
  expect(mounted.sort()).toEqual(Object.keys(compose.volumes).sort());
  expect(compose.services.storage.volumes).toEqual([`warehouse:/data/${STORAGE.bucket}`]);
  expect(compose.services.catalog.environment["CATALOG_URI"]).toContain(":/home/iceberg/");
  for (const { healthcheck } of services) expect(healthcheck.test[0]).toBe("CMD");
});

test.runIf(hasCompose)("docker compose reads docker-compose.yml", () => {
  const { status, stderr } = spawnSync("docker", ["compose", "config", "--quiet"], { cwd: ROOT, encoding: "utf8" });
  expect(status, stderr).toBe(0);
});
