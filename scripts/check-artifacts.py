#!/usr/bin/env python3
"""Checks artifacts against dbt's own JSON schemas, and reads them with dbt-artifacts-parser.

    python scripts/check-artifacts.py TARGET_FOLDER [...]
    python scripts/check-artifacts.py --keys TARGET_FOLDER > test/e2e/artifact-keys.json

Run it with the Python of an environment in which dbt-core, jsonschema and dbt-artifacts-parser are installed, on target
folders that this program wrote. The schemas are made from dbt's classes, as those that dbt publishes are. Prints what
is wrong, grouped by kind; exit code 1 if anything is.

--keys prints which keys the artifacts in a folder that real dbt wrote have, for test/e2e/artifacts.test.ts: in
test/e2e/artifacts-project run `dbt build`, `dbt source freshness`, `dbt docs generate`, in this order.
"""
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact
from dbt_artifacts_parser import parser
from jsonschema import Draft202012Validator

# The artifact, dbt's class, and what reads it.
ARTIFACTS = {
    "manifest.json": (WritableManifest, parser.parse_manifest),
    "run_results.json": (RunResultsArtifact, parser.parse_run_results),
    "catalog.json": (CatalogArtifact, parser.parse_catalog),
    "sources.json": (FreshnessExecutionResultArtifact, parser.parse_sources),
}
MAPS_BY_ID = ("nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "unit_tests", "functions")
MAPS_BY_ID += ("semantic_models", "saved_queries", "disabled")


def definition_of(schema, kind, resource_type):
    """The part of the manifest's schema for one kind of node: the errors of a union of ten say nothing."""
    group = schema["properties"][kind]
    if kind == "disabled":
        group = next(option for option in group["anyOf"] if option.get("type") == "object")
    group = group["additionalProperties"]
    if kind == "disabled":
        group = group["items"]
    for option in group.get("anyOf", group.get("oneOf", [group])):
        properties = option.get("properties", {})
        wanted = properties.get("resource_type", {})
        values = wanted.get("enum", [wanted.get("const")])
        if resource_type in values:
            yield option


def errors_of(schema, value):
    return sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path)))


def manifest_errors(schema, manifest):
    top = {**schema, "properties": {**schema["properties"], **{kind: {} for kind in MAPS_BY_ID}}}
    for error in errors_of(top, manifest):
        yield "manifest", list(error.path), error.message
    for kind in MAPS_BY_ID:
        for unique_id, value in manifest.get(kind, {}).items():
            for node in value if isinstance(value, list) else [value]:
                options = list(definition_of(schema, kind, node.get("resource_type")))
                found = [errors_of(option, node) for option in options]
                if not found or any(not errors for errors in found):
                    if not found:
                        yield kind, [unique_id], f"no definition for {node.get('resource_type')}"
                    continue
                # A test is generic or singular: the definition that fits best tells what is wrong.
                for error in min(found, key=len):
                    yield f"{kind} {node['resource_type']}", [unique_id, *error.path], error.message


def check(path, artifact, parse):
    content = json.loads(path.read_text())
    schema = artifact.json_schema()
    if artifact is WritableManifest:
        found = list(manifest_errors(schema, content))
    else:
        found = [(path.name, list(error.path), error.message) for error in errors_of(schema, content)]
    try:
        parse(content)
    except Exception as error:  # whatever a reader raises is what we want to know
        found.append((path.name, [], f"dbt-artifacts-parser: {error}"))
    return found


def report(path, found):
    kinds = Counter()
    examples = defaultdict(list)
    for group, place, message in found:
        names = ".".join(str(part) for part in place[1:] if not isinstance(part, int))
        kinds[(group, names, message[:160])] += 1
        examples[(group, names, message[:160])].append(str(place[0]) if place else "")
    print(f"{path}: {'valid' if not found else f'{len(found)} errors'}")
    for (group, names, message), count in kinds.most_common(40):
        print(f"  {group} {names}: {message} ({count}, e.g. {examples[(group, names, message)][0]})")


def keys_of(folder):
    """The keys of each kind of node, of its config and of its columns; tests of property files and files differ."""
    keys = defaultdict(set)

    def add(kind, value):
        if isinstance(value, dict):
            keys[kind].update(value)

    manifest = json.loads((folder / "manifest.json").read_text())
    add("manifest", manifest)
    add("manifest metadata", manifest["metadata"])
    for kind in MAPS_BY_ID:
        if kind == "disabled":
            continue
        for node in manifest[kind].values():
            if node["package_name"] == "dbt" or node["package_name"] == "dbt_duckdb":
                continue
            name = node["resource_type"] + (" (generic)" if "test_metadata" in node else "")
            add(name, node)
            add(f"{name} config", node.get("config"))
            for part in ("columns", "dimensions", "measures", "entities"):
                values = node.get(part) or []
                for value in values.values() if isinstance(values, dict) else values:
                    add(f"{name} {part}", value)
            add(f"{name} type_params", node.get("type_params"))
    for name, lists in (("run_results.json", ["results"]), ("sources.json", ["results"]), ("catalog.json", ["nodes", "sources"])):
        content = json.loads((folder / name).read_text())
        add(name, content)
        add(f"{name} metadata", content["metadata"])
        for part in lists:
            values = content[part]
            for value in values.values() if isinstance(values, dict) else values:
                add(f"{name} {part}", value)
                add(f"{name} {part} metadata", value.get("metadata"))
                for column in value.get("columns", {}).values():
                    add(f"{name} {part} columns", column)
    return {kind: sorted(names) for kind, names in sorted(keys.items())}


def main():
    if sys.argv[1:2] == ["--keys"]:
        groups = [f"{json.dumps(kind)}: {json.dumps(names)}" for kind, names in keys_of(Path(sys.argv[2])).items()]
        print("{\n  " + ",\n  ".join(groups) + "\n}")
        return 0
    bad = False
    for folder in sys.argv[1:] or ["target"]:
        for name, (artifact, parse) in ARTIFACTS.items():
            path = Path(folder) / name
            if path.exists():
                found = check(path, artifact, parse)
                report(path, found)
                bad = bad or bool(found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
