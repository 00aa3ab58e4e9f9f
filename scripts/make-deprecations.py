"""Writes test/deprecations/recorded.json: which of its deprecation warnings real dbt gives for each case of cases.yml.

Run with a Python that has dbt-core 1.11 and dbt-duckdb; `--dbt112` and `--dbt-trino` name the dbt programs of two other
environments, one with dbt-core 1.12 and dbt-duckdb, one with dbt-core 1.11 and dbt-trino.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent.parent / "test" / "deprecations"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dbt112", required=True)
    parser.add_argument("--dbt-trino", required=True)
    parser.add_argument("--only", nargs="*", help="cases to record anew; without it all")
    options = parser.parse_args()
    spec = yaml.safe_load((HERE / "cases.yml").read_text())
    programs = {"1.11": str(Path(sys.executable).parent / "dbt"), "1.12": options.dbt112, "trino": options.dbt_trino}
    target = HERE / "recorded.json"
    before = json.loads(target.read_text()) if options.only else {}
    cases = [case for case in spec["cases"] if not options.only or case["name"] in options.only]
    with ThreadPoolExecutor(2) as pool:
        before |= pool.map(lambda case: (case["name"], record(spec["base"], case, programs)), cases)
    recorded = {case["name"]: before[case["name"]] for case in spec["cases"] if case["name"] in before}
    target.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


def record(base: dict, case: dict, programs: dict) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**base, **case.get("files", {})}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text)
        env = {key: value for key, value in os.environ.items() if not key.startswith("DBT_")}
        env |= {"DBT_PROFILES_DIR": ".", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **case.get("env", {})}
        steps = [(False, command) for command in case.get("setup", [])] + [(True, command) for command in case["commands"]]
        result = {}
        for is_recorded, command in steps:
            program = programs["trino" if "--target trino" in command else case.get("dbt", "1.11")]
            outcome = run(program, command, folder, env)
            if is_recorded:
                result[command] = outcome
        return result


def run(program: str, command: str, folder: str, env: dict) -> dict:
    """What is shown, in its order, and what the summary counts."""
    flags = ["--log-format", "json", "--no-partial-parse"]
    done = subprocess.run([program, *flags, *shlex.split(command)], cwd=folder, env=env, capture_output=True, text=True)
    shown, summary = [], None
    for line in done.stdout.splitlines():
        try:
            info, data = json.loads(line)["info"], json.loads(line)["data"]
        except (ValueError, KeyError, TypeError):
            continue
        if info["name"] == "DeprecationsSummary":
            # A renamed variable has an entry of its own, all of one name.
            summary = {}
            for entry in data["summaries"]:
                summary[entry["event_name"]] = summary.get(entry["event_name"], 0) + entry["occurrences"]
        elif info["code"].startswith("D") and info["level"] == "warn":
            shown.append(info["name"])
    return {"exit_code": done.returncode, "shown": shown, "summary": summary}


main()
