#!/usr/bin/env python3
"""Writes test/projects/*/golden.json: what real dbt (dbt-core with dbt-duckdb) makes of each project.

    python scripts/make-goldens.py [PROJECT ...] [--keep FOLDER]
    python scripts/make-goldens.py --check-macros [PROJECT ...]
    python scripts/make-goldens.py --compare-names

Run it with the Python of an environment in which dbt-core and dbt-duckdb are installed. The project's own tests run the
same steps with our program and compare; nothing here is needed for that. test/projects/README.md describes the format.

--check-macros lets real dbt run on our macros (src/builtin) instead of its own, and compares with golden.json: what
differs then is the macros' doing, not the runner's. --compare-names lists the macros, with their arguments, that dbt's
packages have and ours have not, and the other way round.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = ROOT / "test" / "projects"
BUILTIN = ROOT / "src" / "builtin"
# Our folder, and the folder of dbt's that it stands for.
PACKAGES = {"dbt": "global_project", "dbt_duckdb": "duckdb"}
# Macros that only Python models need, which are refused.
PYTHON_ONLY = {"build_ref_function", "build_source_function", "py_script_comment", "py_script_postfix"}
PYTHON_ONLY |= {"flight_name", "default__flight_name", "duckdb__flight_name"}

CONFIG_KEYS = (
    "enabled materialized schema database alias tags meta group access contract full_refresh persist_docs on_schema_change "
    "incremental_strategy unique_key event_time batch_size begin lookback indexes quote_columns column_types delimiter "
    "strategy updated_at check_cols hard_deletes dbt_valid_to_current snapshot_meta_column_names "
    "severity where limit fail_calc warn_if error_if store_failures store_failures_as "
    "pre-hook post-hook location format parameters merge_update_columns merge_exclude_columns"
).split()


def collapse(text):
    return " ".join(text.split())


def clean(value):
    """Drops what says nothing, so that a golden file shows what was decided."""
    return value not in (None, "", [], {})


def read_json(path):
    return json.loads(path.read_text()) if path.exists() else None


class Step:
    def __init__(self, spec, work, mask, shows_nodes):
        self.spec, self.work, self.mask, self.shows_nodes = spec, work, mask, shows_nodes

    def default_record(self):
        command = self.spec["command"].split()[0]
        if command in ("ls", "list"):
            return ["stdout"]
        if command == "source":
            return ["results", "sources"]
        if command == "docs":
            return ["catalog"]
        if command == "parse":
            return ["nodes"]
        if command in ("deps", "clean"):
            return []
        if command == "compile":
            return ["compiled"]
        return ["results", "compiled", "tables"] + (["nodes"] if self.shows_nodes else [])

    def run(self, dbt):
        edit = self.spec.get("edit")
        if edit:
            shutil.copytree(self.work / "edits" / edit, self.work / "project", dirs_exist_ok=True)
        for gone in self.spec.get("delete", []):
            (self.work / "project" / gone).unlink()
        project = self.work / "project"
        if self.spec.get("sql"):
            with duckdb.connect(str(project / "golden.duckdb")) as connection:
                for statement in self.spec["sql"]:
                    connection.execute(statement)
        target = project / "target"
        shutil.rmtree(target / "compiled", ignore_errors=True)
        if self.spec["command"] != "retry" and not self.spec.get("keep_artifacts"):
            for name in ("run_results.json", "sources.json", "catalog.json"):
                (target / name).unlink(missing_ok=True)
        environment = {
            **os.environ,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_USE_COLORS": "false",
            "DBT_PROFILES_DIR": ".",
            "TZ": "UTC",
            **self.spec.get("env", {}),
        }
        done = subprocess.run(
            [dbt, *shlex.split(self.spec["command"])], cwd=project, env=environment, capture_output=True, text=True
        )
        self.stdout, self.stderr = done.stdout, done.stderr
        if self.spec.get("save_state"):
            saved = project / self.spec["save_state"]
            saved.mkdir()
            for name in ("manifest.json", "run_results.json", "sources.json"):
                if (target / name).exists():
                    shutil.copy(target / name, saved)
        golden = {"name": self.spec["name"], "command": self.spec["command"], "exit_code": done.returncode}
        for part in self.spec.get("record", self.default_record()):
            golden[part] = getattr(self, part)(project, target)
        return golden

    def results(self, project, target):
        report = read_json(target / "run_results.json") or {"results": []}
        return {
            result["unique_id"]: {
                "status": result["status"],
                "failures": result.get("failures"),
                "message": self.neutral(result.get("message"), project),
                **({"batch_results": result["batch_results"]} if result.get("batch_results") else {}),
            }
            for result in sorted(report["results"], key=lambda result: result["unique_id"])
        }

    def neutral(self, message, project):
        """White space collapsed; without folders, line numbers of generated SQL, and the chain of macros."""
        if not message:
            return message
        return re.split(r" LINE \d+: | > in macro ", collapse(message.replace(str(project) + "/", "")))[0]

    def compiled(self, project, target):
        folder = target / "compiled"
        return {
            str(path.relative_to(folder)): collapse(path.read_text())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix == ".sql"
        }

    def nodes(self, project, target):
        manifest = read_json(target / "manifest.json")
        found = {}
        for group in ("nodes", "sources", "exposures", "unit_tests", "functions"):
            for unique_id, node in manifest.get(group, {}).items():
                if node.get("package_name") == "dbt":
                    continue
                config = node.get("config") or {}
                entry = {
                    "resource_type": node["resource_type"],
                    "schema": node.get("schema"),
                    "alias": node.get("alias"),
                    "identifier": node.get("identifier"),
                    "relation_name": re.sub(r'^"[^"]*"\.', "", node.get("relation_name") or "") or None,
                    "original_file_path": node.get("original_file_path"),
                    "fqn": node.get("fqn"),
                    "tags": sorted(node.get("tags") or []),
                    "depends_on": sorted((node.get("depends_on") or {}).get("nodes") or []),
                    "description": node.get("description"),
                    "access": node.get("access"),
                    "group": node.get("group"),
                    "version": node.get("version"),
                    "latest_version": node.get("latest_version"),
                    "columns": {
                        name: {key: column[key] for key in ("description", "data_type") if clean(column.get(key))}
                        for name, column in (node.get("columns") or {}).items()
                    },
                    "config": {key: config[key] for key in CONFIG_KEYS if clean(config.get(key))},
                }
                found[unique_id] = {key: value for key, value in entry.items() if clean(value)}
        for unique_id in manifest.get("disabled", {}):
            found[unique_id] = {"disabled": True}
        return dict(sorted(found.items()))

    def tables(self, project, target):
        path = project / "golden.duckdb"
        if not path.exists():
            return {}
        found = {}
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute(f"set file_search_path = '{project}'")
            relations = connection.execute(
                "select table_schema, table_name, table_type from information_schema.tables "
                "where table_catalog = 'golden' order by all"
            ).fetchall()
            for schema, name, kind in relations:
                quoted = f'"{schema}"."{name}"'
                described = connection.execute(f"describe {quoted}").fetchall()
                hidden = self.mask.get(f"{schema}.{name}", [])
                columns = ", ".join(
                    "'*'" if column[0] in hidden else f'"{column[0]}"::varchar' for column in described
                )
                rows = connection.execute(f"select {columns} from {quoted}").fetchall()
                comments = connection.execute(
                    "select comment from duckdb_tables() where schema_name = $1 and table_name = $2 union all "
                    "select comment from duckdb_views() where schema_name = $1 and view_name = $2",
                    [schema, name],
                ).fetchall()
                found[f"{schema}.{name}"] = {
                    "type": "view" if kind == "VIEW" else "table",
                    "columns": [[column[0], column[1]] for column in described],
                    "rows": sorted([list(row) for row in rows], key=lambda row: [(v is not None, v or "") for v in row]),
                    **({"comment": comments[0][0]} if comments and comments[0][0] else {}),
                }
        return found

    def stdout_lines(self):
        return sorted(line for line in self.stdout.splitlines() if line.strip())

    def sources(self, project, target):
        report = read_json(target / "sources.json") or {"results": []}
        return {result["unique_id"]: {"status": result["status"], "max_loaded_at": result.get("max_loaded_at")} for result in report["results"]}

    def catalog(self, project, target):
        report = read_json(target / "catalog.json")
        return {
            unique_id: {
                "type": node["metadata"]["type"],
                "comment": node["metadata"].get("comment"),
                "columns": [
                    [column["name"], column["type"], column.get("comment")]
                    for column in sorted(node["columns"].values(), key=lambda column: column["index"])
                ],
            }
            for group in ("nodes", "sources")
            for unique_id, node in sorted(report[group].items())
        }


def run_project(name, dbt, keep):
    source = PROJECTS / name
    spec = json.loads((source / "steps.json").read_text())
    work = Path(keep or tempfile.mkdtemp(prefix="golden-")) / name
    if work.exists():
        shutil.rmtree(work)
    shutil.copytree(source, work)
    goldens = []
    for order, step_spec in enumerate(spec["steps"]):
        seen = any("nodes" in golden for golden in goldens)
        step = Step(step_spec, work, spec.get("mask", {}), not seen or "edit" in step_spec)
        wants_stdout = "stdout" in step_spec.get("record", step.default_record())
        if wants_stdout:
            step_spec = {**step_spec, "record": [part for part in step_spec.get("record", ["stdout"]) if part != "stdout"]}
            step.spec = {**step_spec, "command": "--quiet " + step_spec["command"]}
        golden = step.run(dbt)
        golden["command"] = spec["steps"][order]["command"]
        if wants_stdout:
            golden["stdout"] = step.stdout_lines()
        expected = step_spec.get("exit_code", 0)
        if golden["exit_code"] != expected:
            print(f"{name}/{step_spec['name']}: exit code {golden['exit_code']}, steps.json says {expected}", file=sys.stderr)
            print(step.stdout[-4000:], step.stderr[-2000:], file=sys.stderr)
        goldens.append(golden)
    if not keep:
        shutil.rmtree(work.parent)
    return {"steps": goldens}


def environment_with_our_macros():
    """A copy of this environment, made of links, whose dbt reads our macros. Returns the command that runs it."""
    folder = Path(tempfile.mkdtemp(prefix="dbt-our-macros-"))
    environment = folder / "environment"
    shutil.copytree(sys.prefix, environment, copy_function=os.symlink)
    include = next(environment.glob("lib/python*/site-packages/dbt/include"))
    for ours, theirs in PACKAGES.items():
        for name in ("macros", "tests", "dbt_project.yml"):
            there, here = include / theirs / name, BUILTIN / ours / name
            if there.is_symlink() or there.is_file():
                there.unlink()
            elif there.is_dir():
                shutil.rmtree(there)
            if here.is_dir():
                shutil.copytree(here, there)
            elif here.is_file():
                shutil.copy(here, there)
    command = folder / "dbt"
    command.write_text(
        f"#!/bin/sh\nexec {environment}/bin/python -c 'from dbt.cli.main import cli; cli()' \"$@\"\n"
    )
    command.chmod(0o755)
    return command


def differences(path, expected, actual):
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in [*expected, *(key for key in actual if key not in expected)]:
            yield from differences(f"{path} > {key}", expected.get(key), actual.get(key))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (left, right) in enumerate(zip(expected, actual)):
            yield from differences(f"{path} > {index}", left, right)
    elif expected != actual:
        # our macros word their errors in their own way
        both_errors = path.endswith("> message") and all(str(text).startswith("Compilation Error") for text in (expected, actual))
        if not both_errors:
            yield f"{path}\n    expected {json.dumps(expected)[:600]}\n    got      {json.dumps(actual)[:600]}"


def macros_in(folder):
    """Name -> arguments with their defaults, for all macros, tests and materializations in a folder."""
    import jinja2
    from dbt_common.clients.jinja import get_environment

    found = {}
    for path in sorted(folder.rglob("*.sql")):
        for macro in get_environment(None, capture_macros=True).parse(path.read_text()).find_all(jinja2.nodes.Macro):
            plain = len(macro.args) - len(macro.defaults)
            arguments = [
                argument.name if index < plain else f"{argument.name}={macro.defaults[index - plain]!r}"
                for index, argument in enumerate(macro.args)
            ]
            found[macro.name.removeprefix("dbt_macro__")] = arguments
    return found


def compare_names():
    import dbt.include.global_project

    include = Path(dbt.include.global_project.__file__).parent.parent
    wrong = 0
    for ours, theirs in PACKAGES.items():
        mine, reference = macros_in(BUILTIN / ours), macros_in(include / theirs)
        missing = [name for name in reference if name not in mine and name not in PYTHON_ONLY]
        changed = [name for name in reference if name in mine and mine[name] != reference[name]]
        wrong += len(missing) + len(changed)
        print(f"{ours}: {len(mine)} macros, {theirs}: {len(reference)}")
        print("  missing:", ", ".join(missing) or "none")
        for name in changed:
            print(f"  {name}: ({', '.join(mine[name])}), there ({', '.join(reference[name])})")
        print("  ours alone:", ", ".join(sorted(set(mine) - set(reference))))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*")
    parser.add_argument("--keep", help="work in this folder and leave it")
    parser.add_argument("--check-macros", action="store_true")
    parser.add_argument("--compare-names", action="store_true")
    arguments = parser.parse_args()
    if arguments.compare_names:
        return 1 if compare_names() else 0
    names = arguments.projects or sorted(path.parent.name for path in PROJECTS.glob("*/steps.json"))
    dbt = environment_with_our_macros() if arguments.check_macros else Path(sys.executable).parent / "dbt"
    wrong = 0
    for name in names:
        golden = run_project(name, str(dbt), arguments.keep)
        output = PROJECTS / name / "golden.json"
        if arguments.check_macros:
            found = list(differences(name, json.loads(output.read_text()), golden))
            wrong += len(found)
            print(f"{name}: {len(golden['steps'])} steps, {len(found)} differences", *found, sep="\n  ")
        else:
            output.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
            print(f"{name}: {len(golden['steps'])} steps")
    if arguments.check_macros:
        shutil.rmtree(dbt.parent)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
