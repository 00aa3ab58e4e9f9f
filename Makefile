# Every target installs and builds what it needs first.
DUCKHOUSE := node bin/duckhouse-dbt.js
TARGET ?= dev
ROWS ?= 10000
export DBT_PROFILES_DIR := profiles

.PHONY: demo test setup data dbt-run-dev dbt-run-prod demo-architecture dbt-test freshness docs setup-iceberg query-trino-list query-orchestrator ingest-data docker-up docker-down clean

## demo: install, build, make data and build the demo project on embedded DuckDB
demo: setup data
	$(DUCKHOUSE) build --target $(TARGET)

## test: everything a reviewer's machine checks
test: setup
	node scripts/test-all.mjs

## setup: install packages and build dist/
setup: node_modules/.package-lock.json dist/cli.cjs

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

dist/cli.cjs: node_modules/.package-lock.json $(shell find src -type f) scripts/build.mjs
	node scripts/build.mjs
	@touch $@

## data: the demo's CSV files (ROWS patients)
data: data/patients.csv
data/patients.csv: scripts/make-demo-data.mjs
	node scripts/make-demo-data.mjs --rows $(ROWS)

dbt-run-dev: setup data
	$(DUCKHOUSE) run --target dev

## setup-iceberg: a local Trino and Iceberg catalog, with the clinic's data and the demo's Iceberg tables in it
setup-iceberg: setup data
	$(DUCKHOUSE) lakehouse up
	$(DUCKHOUSE) run-operation load_clinic --target lake
	$(DUCKHOUSE) run --target lake --select tag:lake

## dbt-run-prod: the same models, each on DuckDB or Trino
dbt-run-prod: setup-iceberg
	$(DUCKHOUSE) seed --target prod
	$(DUCKHOUSE) run --target prod
	$(DUCKHOUSE) routing-log --last

## demo-architecture: a tour of the demo on both engines, with the plan, the routes and a fallback
demo-architecture: setup-iceberg
	node scripts/demo-architecture.mjs

## query-trino-list: Trino's catalogs, schemas and tables
query-trino-list: setup
	$(DUCKHOUSE) show --target trino --limit -1 --inline "select table_cat as catalog, table_schem as schema, table_name as name, table_type as type from system.jdbc.tables where table_cat in (select catalog_name from system.metadata.catalogs where connector_name not in ('tpch', 'system')) and table_schem <> 'information_schema' order by 1, 2, 3"

## query-orchestrator: QUERY on whichever engine of the target prod suits it
query-orchestrator: setup
	@$(DUCKHOUSE) query "$(QUERY)" --target $(or $(QUERY_TARGET),prod)

## ingest-data: FILES into TABLE of the target TARGET, where their number of rows sends them
ingest-data: setup data
	$(DUCKHOUSE) ingest $(or $(FILES),data/patients.csv) --table $(or $(TABLE),loaded_patients) --mode replace --target $(TARGET)

dbt-test: setup data
	$(DUCKHOUSE) test --target $(TARGET)

freshness: setup data
	$(DUCKHOUSE) source freshness --target $(TARGET)

docs: setup data
	$(DUCKHOUSE) docs generate --target $(TARGET)

## docker-up: Trino, Iceberg catalog and storage in docker, instead of `lakehouse up`
docker-up:
	docker compose up --detach --wait

docker-down:
	docker compose down

clean:
	rm -rf dist target logs data coverage
