"""
Many clients at once that read, write and cancel; then what the server holds. Called with its port, its process id, and
how many clients do how many things each a round; a line of JSON a check. With LOAD_SECONDS they go on for so long.
"""
import json
import os
import random
import sys
import threading
import time

import pyarrow as pa
import pyarrow.flight as fl

port, pid, clients, times = (int(value) for value in sys.argv[1:5])
errors, done = [], {"get": 0, "put": 0, "cancel": 0}
lock = threading.Lock()
MOST_ROUNDS, FLAT_ROUNDS = 20, 3


def check(name, ok, seen=None):
    print(json.dumps({"check": name, "ok": bool(ok), "seen": None if ok else repr(seen)}), flush=True)


def held():
    """Open files, and resident memory in MB."""
    with open(f"/proc/{pid}/statm") as statm:
        return len(os.listdir(f"/proc/{pid}/fd")), int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20


def ticket(sql):
    return fl.Ticket(json.dumps({"sql": sql}))


def get(client, source, number):
    rows, factor = source.choice([1, 100, 20_000]), source.randrange(1, 1000)
    table = client.do_get(ticket(f"select i, i * {factor} as v, 'text ' || i as t from range({rows}) r(i)")).read_all()
    if table.num_rows != rows or table["v"][rows - 1].as_py() != (rows - 1) * factor:
        raise AssertionError(f"{rows} rows were asked for, {table.num_rows} came")


def put(client, source, number):
    rows = source.choice([1, 500, 3000])
    table = pa.table({"i": range(rows), "t": [f"{number} {i}" for i in range(rows)]})
    descriptor = fl.FlightDescriptor.for_command(json.dumps({"table": f"load_{number}", "mode": "replace"}))
    writer, answers = client.do_put(descriptor, table.schema)
    writer.write_table(table)
    writer.done_writing()
    said = json.loads(answers.read().to_pybytes())["rows"]
    writer.close()
    seen = client.do_get(ticket(f"select count(*) n, min(t) t from load_{number}")).read_all().to_pylist()[0]
    if (said, seen["n"], seen["t"]) != (rows, rows, f"{number} 0"):
        raise AssertionError(f"{rows} rows were sent: {said}, {seen}")


def cancel(client, source, number):
    reader = client.do_get(ticket("select i, 'a text that is long enough' as t from range(1000000000) r(i)"))
    reader.read_chunk()
    reader.cancel()


def work(number, times):
    source = random.Random(number)
    with fl.FlightClient(f"grpc://127.0.0.1:{port}", generic_options=[("grpc.use_local_subchannel_pool", 1)]) as client:
        for turn in range(times):
            act = [get, put, get, cancel][(number + turn) % 4]
            try:
                act(client, source, number)
                with lock:
                    done[act.__name__] += 1
            except Exception as error:  # noqa: BLE001
                errors.append(f"{act.__name__}: {error}")


def all_work(times):
    threads = [threading.Thread(target=work, args=(number, times)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def settled(most):
    """What is held when the last calls have ended, which other calls wait for."""
    with fl.FlightClient(f"grpc://127.0.0.1:{port}") as client:
        for _ in range(500):
            list(client.do_action(fl.Action("healthcheck", b"")))
            if held()[0] <= most:
                break
    return held()


# How much the first rounds leave depends on how many calls met in them: what a machine that is busy does one by one needs
# less. So what is asked is whether it ends: whatever leaks makes each round a new high.
rounds, highest, flat, ends = [], 0, 0, time.monotonic() + float(os.environ.get("LOAD_SECONDS", "0"))
while len(rounds) < MOST_ROUNDS and flat < FLAT_ROUNDS or time.monotonic() < ends:
    all_work(times)
    rounds.append(settled(rounds[0][0] if rounds else 0))
    if flat < FLAT_ROUNDS:
        flat, highest = (flat + 1, highest) if rounds[-1][1] <= highest * 1.02 else (0, rounds[-1][1])
check("no error", not errors, errors[:5])
check("everything was done", len(done) == 3 and all(done.values()), done)
check("open files are given back", rounds[-1][0] <= rounds[0][0] + 2, rounds)
check("memory stops to grow", flat >= FLAT_ROUNDS, rounds)
print(json.dumps({"check": "held", "ok": True, "seen": f"{done}, files and MB: {rounds}"}))
