#!/usr/bin/env python3
"""Writes test/lakehouse/projects/*/golden.json: what real dbt (dbt-core with dbt-trino) makes of each project.

    TRINO_PORT=18080 python scripts/make-trino-goldens.py [PROJECT ...]

Run it with the Python of an environment in which dbt-core and dbt-trino are installed, against an empty lakehouse
(`duckhouse-dbt lakehouse up`). Steps and parts are those of test/projects/README.md; tables are those of the schemas
whose names begin with the project's.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import trino

PROJECTS = Path(__file__).resolve().parent.parent / "test" / "lakehouse" / "projects"
RESULT_COMMANDS = ("build", "run", "test", "seed", "snapshot")


def collapse(text):
    return " ".join(text.split())


def query(sql):
    cursor = trino.dbapi.connect(host="127.0.0.1", port=int(os.environ["TRINO_PORT"]), user="admin", catalog="lake").cursor()
    cursor.execute(sql)
    return cursor.fetchall()


def tables(name, mask):
    found = {}
    relations = query(
        "select t.table_schema, t.table_name, t.table_type, c.comment from information_schema.tables t "
        "left join system.metadata.table_comments c on c.catalog_name = 'lake' and c.schema_name = t.table_schema and c.table_name = t.table_name "
        f"where t.table_schema like '{name}%' order by 1, 2"
    )
    for schema, table, kind, comment in relations:
        columns = query(
            "select column_name, data_type, comment from information_schema.columns "
            f"where table_schema = '{schema}' and table_name = '{table}' order by ordinal_position"
        )
        hidden = mask.get(f"{schema}.{table}", [])
        cells = ", ".join("'*'" if column in hidden else text_of(column, kind) for column, kind, _ in columns)
        rows = query(f'select {cells} from "{schema}"."{table}"')
        found[f"{schema}.{table}"] = {
            "type": "view" if kind == "VIEW" else "table",
            "columns": [list(column) for column in columns],
            "rows": sorted([list(row) for row in rows], key=lambda row: [(cell is not None, cell or "") for cell in row]),
            "comment": comment,
        }
    return found


def text_of(column, kind):
    return f'json_format(cast("{column}" as json))' if re.match("array|map|row", kind) else f'cast("{column}" as varchar)'


def neutral(message):
    """White space collapsed; of a database error only its text."""
    if not message:
        return message
    text = collapse(message)
    found = re.search(r'name=(\w+), message="(.*?)", query_id', text)
    return f"{found.group(1)}: {found.group(2)}" if found else text


def results(target):
    report = json.loads((target / "run_results.json").read_text())
    return {
        result["unique_id"]: {
            "status": result["status"],
            "failures": result.get("failures"),
            "message": neutral(result.get("message")),
            **({"batch_results": result["batch_results"]} if result.get("batch_results") else {}),
        }
        for result in sorted(report["results"], key=lambda result: result["unique_id"])
    }


def compiled(target):
    folder = target / "compiled"
    return {
        str(path.relative_to(folder)): collapse(path.read_text())
        for path in sorted(folder.rglob("*.sql"))
        # The reference writes the fixtures of all unit tests to one file an input.
        if "schema.yml" not in str(path)
    }


def catalog(target):
    report = json.loads((target / "catalog.json").read_text())
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


def run_step(step, name, work, mask, dbt):
    project, target = work / "project", work / "project" / "target"
    if step.get("edit"):
        shutil.copytree(work / "edits" / step["edit"], project, dirs_exist_ok=True)
    for old in ("run_results.json", "sources.json", "catalog.json"):
        (target / old).unlink(missing_ok=True)
    shutil.rmtree(target / "compiled", ignore_errors=True)
    words = shlex.split(step["command"])
    environment = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_USE_COLORS": "false", "DBT_PROFILES_DIR": ".", "TZ": "UTC"}
    quiet = [] if words[0] in RESULT_COMMANDS else ["--quiet"]
    done = subprocess.run([dbt, *quiet, *words], cwd=project, env=environment, capture_output=True, text=True)
    golden = {"name": step["name"], "command": step["command"], "exit_code": done.returncode}
    if done.returncode != step.get("exit_code", 0):
        print(f"{step['name']}: exit code {done.returncode}", done.stdout[-3000:], done.stderr[-1000:], file=sys.stderr)
    if words[0] in RESULT_COMMANDS:
        golden |= {"results": results(target), "tables": tables(name, mask), "compiled": compiled(target)}
    elif words[0] == "source":
        report = json.loads((target / "sources.json").read_text())
        golden["sources"] = {
            result["unique_id"]: {"status": result["status"], "max_loaded_at": result.get("max_loaded_at")}
            for result in report["results"]
        }
    elif words[0] == "docs":
        golden["catalog"] = catalog(target)
    elif done.returncode == 0:
        golden["stdout"] = [line for line in done.stdout.splitlines() if line.strip()]
    return golden


def main():
    dbt = str(Path(sys.executable).parent / "dbt")
    for name in sys.argv[1:] or sorted(path.parent.name for path in PROJECTS.glob("*/steps.json")):
        spec = json.loads((PROJECTS / name / "steps.json").read_text())
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder) / name
            shutil.copytree(PROJECTS / name, work)
            steps = [run_step(step, name, work, spec.get("mask", {}), dbt) for step in spec["steps"]]
        (PROJECTS / name / "golden.json").write_text(json.dumps({"steps": steps}, indent=1, ensure_ascii=False) + "\n")
        print(f"{name}: {len(steps)} steps")


if __name__ == "__main__":
    main()
