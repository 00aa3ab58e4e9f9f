"""
Reads and writes through a Flight server and prints what that cost it, as JSON. Called with the port, the server's process id,
a table, its number of rows, a file with its rows, and how often.
"""
import json
import os
import statistics
import sys
import time

import pyarrow as pa
import pyarrow.flight as fl

port, pid, table, rows, file, runs = sys.argv[1:]
client = fl.FlightClient(f"grpc://127.0.0.1:{port}")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu():
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak():
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) >> 10


def get():
    seen = 0
    for chunk in client.do_get(fl.Ticket(json.dumps({"sql": f"select * from {table}"}))):
        seen += chunk.data.num_rows
    return seen


def put():
    command = json.dumps({"table": "uploaded_rows", "target": "duckdb", "mode": "replace"})
    with pa.memory_map(file) as source, pa.ipc.open_file(source) as reader:
        writer, answers = client.do_put(fl.FlightDescriptor.for_command(command), reader.schema)
        for index in range(reader.num_record_batches):
            writer.write_batch(reader.get_batch(index))
        writer.done_writing()
        seen = json.loads(answers.read().to_pybytes())["rows"]
        writer.close()
    return seen


def measured(act):
    """The cheapest of some; the first is warm by what was read before."""
    costs = []
    with open(f"/proc/{pid}/clear_refs", "w") as refs:
        refs.write("5")
    for _ in range(int(runs)):
        cpu_before, before = cpu(), time.monotonic()
        seen = act()
        if seen != int(rows):
            raise SystemExit(f"{act.__name__}: {seen} rows instead of {rows}")
        costs.append((cpu() - cpu_before, time.monotonic() - before))
    cost, wall = min(costs)
    return {"cpu": cost, "wall": wall, "megabytes": peak()}


def first_row():
    """Milliseconds to the first row of a small query, on a server that knows it."""
    times = []
    for _ in range(50):
        before = time.monotonic()
        client.do_get(fl.Ticket(json.dumps({"sql": f"select * from {table} limit 10"}))).read_chunk()
        times.append((time.monotonic() - before) * 1000)
    return statistics.median(times)


small = first_row()
print(json.dumps({"first": small, "get": measured(get), "put": measured(put)}))
