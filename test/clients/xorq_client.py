"""What xorq sees of a running server: by its own client, and by ADBC beside its engine. Called with the port, and
with the type of the target where that is not duckdb; prints one line of JSON a check.
"""
import json
import sys

import adbc_driver_flightsql.dbapi as flight_sql
import pyarrow as pa
import xorq.api as xo
from xorq.flight.client import FlightClient

PORT = int(sys.argv[1])
FORCED = "duckdb" if len(sys.argv) == 2 else "iceberg"


def check(name, ok, seen=None):
    print(json.dumps({"check": name, "ok": bool(ok), "seen": None if ok else repr(seen)}), flush=True)


def same(name, work, expected):
    try:
        seen = work()
        check(name, seen == expected, seen)
    except Exception as error:  # noqa: BLE001
        check(name, False, error)


def fails(name, part, work):
    try:
        check(name, False, work())
    except Exception as error:  # noqa: BLE001
        check(name, part in str(error), error)


# The constructor waits for an answer to healthcheck.
client = FlightClient("127.0.0.1", PORT, healthcheck_n_tries=3)
beds = pa.table({"ward": [1, 1, 2], "bed": pa.array(["a", None, "c"]), "price": pa.array([1.5, 2.5, 4.0])})


wards = pa.table({"id": [1, 2], "name": pa.array(["north", None])})


def upload(name, data, **kwargs):
    client.upload_table(name, data, **kwargs)
    return name in [known.split(".")[-1] for known in client.do_action_one("list_tables")]


same("upload_table", lambda: [upload("beds", beds), upload("wards", wards), upload("wards", wards)], [True, True, True])
same("upload_table with a target", lambda: upload("forced_beds", beds, target=FORCED), True)
same("a table's columns", lambda: list(client.do_action_one("table_info", {"table_name": "wards"})), ["id", "name"])
fails("an expression is a program", "Flight SQL", lambda: client.execute(xo.memtable({"a": [1]})))
fails("a table that is not there", "nowhere", lambda: client.do_action_one("table_info", {"table_name": "nowhere"}))

con = xo.connect()
with flight_sql.connect(f"grpc://127.0.0.1:{PORT}", autocommit=True) as connection, connection.cursor() as cursor:

    def rows(sql):
        cursor.execute(sql)
        return cursor.fetchall()

    BEDS = [(1, "a", 1.5), (1, None, 2.5), (2, "c", 4.0)]
    same("what was uploaded", lambda: rows("select * from beds order by price"), BEDS)
    same("what was uploaded to a target", lambda: rows("select * from forced_beds order by price"), BEDS)

    def aggregated():
        cursor.execute("select * from beds")
        read = con.read_record_batches(cursor.fetch_record_batch(), "beds")
        prices = read.group_by("ward").agg(total=read.price.sum(), n=read.count())
        cursor.adbc_ingest("prices", prices.to_pyarrow(), mode="replace")
        return rows("select ward, total, n from prices order by ward")

    same("read into xorq's engine, and written back", aggregated, [(1, 4.0, 2), (2, 4.0, 1)])

    def joined():
        # A cursor has one result at a time, and these are read while they are written.
        with connection.cursor() as other, connection.cursor() as writer:
            other.execute("select id, name from wards")
            here = con.read_record_batches(other.fetch_record_batch(), "wards")
            cursor.execute("select * from beds")
            read = con.read_record_batches(cursor.fetch_record_batch(), "beds_again")
            expr = here.join(read, here.id == read.ward).select("name", "bed")
            writer.adbc_ingest("placed", expr.to_pyarrow_batches(), mode="create")
        return rows("select name, bed from placed order by bed nulls last")

    same("an expression of two tables, by its batches", joined, [("north", "a"), (None, "c"), ("north", None)])
