"""What pyarrow's Flight client sees of a running server. Called with its port; prints one line of JSON a check."""
import json
import sys
import time
import datetime as dt
import decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.flight as fl

client = fl.FlightClient(f"grpc://127.0.0.1:{sys.argv[1]}")


def get(command, **options):
    return client.do_get(fl.Ticket(json.dumps(command)), **options).read_all()


def put(command, table, chunk=None, options=None):
    descriptor = fl.FlightDescriptor.for_command(json.dumps(command))
    writer, reader = client.do_put(descriptor, table.schema, options=options)
    for batch in table.to_batches(chunk) if chunk else table.to_batches():
        writer.write_batch(batch)
    writer.done_writing()
    result = json.loads(reader.read().to_pybytes())
    writer.close()
    return result


def check(name, ok, seen=None):
    print(json.dumps({"check": name, "ok": bool(ok), "seen": None if ok else repr(seen)}), flush=True)


def fails(name, kind, work):
    try:
        check(name, False, work())
    except kind as error:
        check(name, True, str(error))
    except Exception as error:  # noqa: BLE001
        check(name, False, error)


D = decimal.Decimal
UTC = dt.timezone.utc
values = pa.table(
    {
        "flag": pa.array([True, None, False]),
        "tiny": pa.array([-128, None, 127], pa.int8()),
        "big": pa.array([2**63 - 1, None, -(2**63)], pa.int64()),
        "ubig": pa.array([2**64 - 1, None, 0], pa.uint64()),
        "half": pa.array([1.5, None, -2.0], pa.float32()),
        "real": pa.array([0.1, None, float("inf")]),
        "money": pa.array([D("-12345678901234567890123456789012.345678"), None, D("0.000001")], pa.decimal128(38, 6)),
        "small": pa.array([D("-1.25"), None, D("99.99")], pa.decimal128(4, 2)),
        "text": pa.array(["", None, "Größe 🙂 and more than twelve bytes"]),
        "large": pa.array(["a", None, "b" * 5000], pa.large_string()),
        "bytes": pa.array([b"", None, b"\x00\xff"]),
        "day": pa.array([dt.date(1582, 10, 15), None, dt.date(2026, 1, 1)]),
        "time": pa.array([dt.time(23, 59, 59, 999999), None, dt.time(0)], pa.time64("us")),
        "at": pa.array([dt.datetime(1969, 12, 31, 23, 59, 59, 999999), None, dt.datetime(2026, 1, 1)], pa.timestamp("us")),
        "nanos": pa.array([1, None, -1], pa.timestamp("ns")),
        "moment": pa.array([dt.datetime(2026, 7, 1, tzinfo=UTC), None, dt.datetime(1900, 1, 1, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        "span": pa.array([pa.MonthDayNano([1, -2, 3000]), None, pa.MonthDayNano([0, 0, 0])]),
        "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
        "pair": pa.array([[1, 2], None, [3, None]], pa.list_(pa.int32(), 2)),
        "struct": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": None}]),
        "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())),
    }
)
result = put({"table": "all_types"}, values)
back = get({"sql": f"select * from {result['table']}"})
for name in values.column_names:
    seen, sent = (t[name].cast(pa.int64()) if name == "nanos" else t[name] for t in (back, values))
    check(f"type {name}", seen.to_pylist() == sent.to_pylist(), seen.to_pylist())

words = pa.array(["b", None, "a", "b"]).dictionary_encode()
put({"table": "words"}, pa.table({"w": words, "v": pa.array(["x", "y" * 40, None, "z"], pa.string_view())}))
check("dictionary and views", get({"table": "words"}).to_pylist()[0] == {"w": "b", "v": "x"}, get({"table": "words"}))
sliced = pa.table({"i": pa.array(range(1000)), "t": pa.array([f"t{i}" for i in range(1000)]), "f": pa.array([i % 3 == 0 for i in range(1000)])}).slice(101, 333)
put({"table": "slices"}, sliced, 50)
check("sliced batches", get({"sql": "select * from slices order by i"}).equals(sliced.combine_chunks()) or get({"sql": "select * from slices order by i"}).to_pylist() == sliced.to_pylist())
codecs = pa.table({"i": pa.array(range(300_000)), "t": pa.array([f"t{i % 7}" * (i % 5) for i in range(300_000)]), "n": pa.nulls(300_000, pa.int32())})
many = pa.table({name: values[name] for name in ("flag", "tiny", "big", "money", "text", "large", "bytes", "at", "list", "struct", "map")})
for codec in ("lz4", "zstd"):
    for name, table in (("wide", many), ("long", codecs), ("coded", pa.table({"w": words}))):
        put({"table": f"{name}_{codec}"}, table, options=fl.FlightCallOptions(write_options=pa.ipc.IpcWriteOptions(compression=codec)))
        seen = get({"sql": f"from {name}_{codec}"})
        check(f"{codec} {name}", seen.to_pylist() == table.to_pylist(), seen.slice(0, 3))
check("no rows", put({"table": "empty"}, values.slice(0, 0))["rows"] == 0)
check("empty result", get({"table": "empty"}).schema.names == values.column_names)

info = client.get_flight_info(fl.FlightDescriptor.for_command(json.dumps({"sql": "select i from range(300000) t(i)"})))
table = client.do_get(info.endpoints[0].ticket).read_all()
check("info and ticket", (info.schema.names, table.num_rows, pc.sum(table["i"]).as_py()) == (["i"], 300000, 44999850000))
check("path", client.get_flight_info(fl.FlightDescriptor.for_path("words")).schema.names == ["w", "v"])
check("schema", client.get_schema(fl.FlightDescriptor.for_path("words")).schema.names == ["w", "v"])
check("list", "wards" in [i.descriptor.path[0].decode() for i in client.list_flights()])
check("action", json.loads(list(client.do_action(fl.Action("healthcheck", b"")))[0].body.to_pybytes()) == {"status": "ok"})
check("actions", "route" in [a.type for a in client.list_actions()])

fails("missing table", (pa.ArrowKeyError, KeyError, fl.FlightServerError), lambda: get({"table": "nope"}))
fails("bad ticket", pa.ArrowInvalid, lambda: client.do_get(fl.Ticket(b"nonsense")).read_all())
fails("late failure", pa.ArrowInvalid, lambda: get({"sql": "select case when i = 900000 then error('boom') else i end from range(1000000) t(i)"}))
fails("unknown action", NotImplementedError, lambda: list(client.do_action(fl.Action("fly", b""))))
started = time.monotonic()
fails("deadline", fl.FlightTimedOutError, lambda: get({"sql": "select count(*) from range(100000000000)"}, options=fl.FlightCallOptions(timeout=0.5)))
check("deadline in time", time.monotonic() - started < 3)

reader = client.do_get(fl.Ticket(json.dumps({"sql": "select i from range(10000000000) t(i)"})))
reader.read_chunk()
reader.cancel()
check("cancel", get({"sql": "select 1 as a"}).to_pylist() == [{"a": 1}])
