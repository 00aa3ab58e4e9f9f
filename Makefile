# Every target installs and builds what it needs first.
DUCKHOUSE := node bin/duckhouse-dbt.js
TARGET ?= dev
ROWS ?= 10000
export DBT_PROFILES_DIR := profiles

.PHONY: demo test setup data dbt-run-dev dbt-test freshness docs docker-up docker-down clean

## demo: install, build, make data and build the demo project on embedded DuckDB
demo: setup data
	$(DUCKHOUSE) build --target $(TARGET)

## test: everything a reviewer's machine checks
test: setup
	node scripts/test-all.mjs

## setup: install packages and build dist/
setup: node_modules/.package-lock.json dist/cli.js

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

dist/cli.js: node_modules/.package-lock.json $(shell find src -type f) scripts/build.mjs
	node scripts/build.mjs
	@touch $@

## data: the demo's CSV files (ROWS patients)
data: data/patients.csv
data/patients.csv: scripts/make-demo-data.mjs
	node scripts/make-demo-data.mjs --rows $(ROWS)

dbt-run-dev: setup data
	$(DUCKHOUSE) run --target dev

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
