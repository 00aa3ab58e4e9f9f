"""
What ADBC's Flight SQL driver sees of a server in front of Trino, alone or beside DuckDB. Called with its port, `trino` or
`hybrid`, and the schema that Trino's tables are in; prints one line of JSON a check.
"""
import datetime as dt
import decimal
import json
import sys
import threading
import time
import warnings

import adbc_driver_flightsql.dbapi as flight_sql
import pyarrow as pa

port, target, schema = sys.argv[1:]
URI = f"grpc://127.0.0.1:{port}"
D = decimal.Decimal
LAKE = f"lake.{schema}"


def attempt(name, work):
    """What the work gives, which holds if it is True."""
    try:
        seen = work()
    except Exception as error:  # noqa: BLE001
        seen = error
    print(json.dumps({"check": name, "ok": seen is True, "seen": None if seen is True else repr(seen)}), flush=True)


def fails(name, part, work):
    def failing():
        try:
            return work()
        except Exception as error:  # noqa: BLE001
            return True if part in str(error) else error

    attempt(name, failing)


def same(seen, expected):
    return True if seen == expected else (seen, expected)


conn = flight_sql.connect(URI, autocommit=True)
cur = conn.cursor()


def rows(sql, parameters=None):
    cur.execute(sql, parameters)
    return cur.fetchall()


def count(table):
    return rows(f"select count(*) from {table}")[0][0]


attempt("ddl", lambda: (cur.execute(f"create table {LAKE}.made (id integer, note varchar, price decimal(10, 2))"), same(count(f"{LAKE}.made"), 0))[1])
attempt("an update with parameters", lambda: same(rows(f"insert into {LAKE}.made values (?, ?, ?)", (7, "it's 'seven' ?", D("1.50"))), [(1,)]))
attempt("many rows of parameters", lambda: (cur.executemany(f"insert into {LAKE}.made values (?, ?, ?)", [(8, "eight", D("2.25")), (9, None, None)]), same(rows(f"select * from {LAKE}.made order by id"), [(7, "it's 'seven' ?", D("1.50")), (8, "eight", D("2.25")), (9, None, None)]))[1])
attempt("a query with parameters", lambda: same(rows(f"select note from {LAKE}.made where id = ? and price > ?", (8, D("2.00"))), [("eight",)]))
attempt("an update", lambda: (cur.execute(f"delete from {LAKE}.made where id = 9"), same(count(f"{LAKE}.made"), 2))[1])
fails("the place of an error", "nowhere_column", lambda: rows(f"select 1,\n  nowhere_column from {LAKE}.made"))
fails("a missing table", "nowhere", lambda: rows(f"select * from {LAKE}.nowhere"))

VALUES = {
    "boolean": (True, pa.bool_()),
    "tinyint": (-128, pa.int8()),
    "integer": (2**31 - 1, pa.int32()),
    "bigint": (-(2**63), pa.int64()),
    "real": (1.5, pa.float32()),
    "double": (0.1, pa.float64()),
    "decimal(38, 6)": (D("-12345678901234567890.123456"), pa.decimal128(38, 6)),
    "varchar": ("Größe 🙂 'quoted'", pa.string()),
    "varbinary": (b"\x00\xff", pa.binary()),
    "date": (dt.date(1969, 12, 31), pa.date32()),
    "time(6)": (dt.time(23, 59, 59, 999999), pa.time64("us")),
    "timestamp(6)": (dt.datetime(1969, 12, 31, 23, 59, 59, 999999), pa.timestamp("us")),
    "timestamp(6) with time zone": (dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc), pa.timestamp("us", "UTC")),
}
for sql_type, (value, kind) in VALUES.items():
    for each in (value, None):
        batch = pa.record_batch([pa.array([each], kind)], names=["v"])

        def back(batch=batch, each=each, sql_type=sql_type):
            # The table makes it a query of Trino's, with Trino's names of types.
            cur.execute(f"select cast(? as {sql_type}) as v from {LAKE}.made where id = 7", batch)
            return same(cur.fetch_arrow_table().column(0).to_pylist(), [each])

        attempt(f"a parameter: {sql_type}, {each!r:.20}", back)


def prepared():
    with conn.cursor() as own:
        seen = own.adbc_prepare(f"select note from {LAKE}.made where id = ?")
        return True if len(seen) == 1 else seen


attempt("a prepared statement knows its parameters", prepared)

table = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["a", None]})
more = pa.table({"id": pa.array([3], pa.int64()), "name": ["c"]})
placed = {"catalog_name": "lake", "db_schema_name": schema}


def ingest(name, data, mode):
    with conn.cursor() as own:
        return own.adbc_ingest(name, data, mode=mode, **placed)


attempt("ingest: create", lambda: same((ingest("put", table, "create"), count(f"{LAKE}.put")), (2, 2)))
fails("ingest: create what is there", "ALREADY", lambda: ingest("put", table, "create"))
attempt("ingest: append", lambda: same((ingest("put", more, "append"), count(f"{LAKE}.put")), (1, 3)))
fails("ingest: append to what is not there", "NOT", lambda: ingest("nothing", more, "append"))
attempt("ingest: create_append", lambda: same((ingest("grown", more, "create_append"), ingest("grown", table, "create_append"), count(f"{LAKE}.grown")), (1, 2, 3)))
attempt("ingest: replace", lambda: same((ingest("put", more, "replace"), rows(f"select id, name from {LAKE}.put")), (1, [(3, "c")])))

objects = conn.adbc_get_objects(depth="all", catalog_filter="lake", db_schema_filter=schema).read_all().to_pylist()
found = {
    found_table["table_name"]: [column["column_name"] for column in found_table["table_columns"]]
    for catalog in objects
    for found_schema in catalog["catalog_db_schemas"]
    for found_table in found_schema["db_schema_tables"]
}
attempt("tables and columns", lambda: same((found.get("made"), found.get("put")), (["id", "note", "price"], ["id", "name"])))
attempt("a table's schema", lambda: same([str(kind) for kind in conn.adbc_get_table_schema("made", catalog_filter="lake", db_schema_filter=schema).types], ["int32", "string", "decimal128(10, 2)"]))
attempt("catalogs", lambda: "lake" in [one["catalog_name"] for one in conn.adbc_get_objects(depth="catalogs").read_all().to_pylist()] or "no lake")

if target == "hybrid":
    attempt("a table of the other engine", lambda: (cur.adbc_ingest("near", table), same(count("near"), 2))[1])
    attempt("a query over both", lambda: same(rows(f"select n.id, m.note from near n right join {LAKE}.made m on m.id = n.id + 6 order by m.id"), [(1, "it's 'seven' ?"), (2, "eight")]))

    def undone():
        with flight_sql.connect(URI) as own, own.cursor() as cursor:
            cursor.execute("insert into near values (99, 'undone')")
            own.rollback()
        return same(count("near"), 2)

    attempt("a transaction is undone", undone)
else:

    def transaction():
        """The driver asks whether there are any, and warns who wants one."""
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            flight_sql.connect(URI).close()
        return any("autocommit" in str(one.message) for one in seen) or [str(one.message) for one in seen]

    attempt("there are no transactions", transaction)


def cancelled():
    """Far more rows than a test could wait for."""
    endless = " cross join ".join(f"(select a.id from {LAKE}.made a cross join unnest(sequence(1, 10000)) u(n)) t{n}" for n in range(3))
    with flight_sql.connect(URI, autocommit=True) as own, own.cursor() as cursor:
        started = time.monotonic()
        stop = threading.Timer(1, cursor.adbc_cancel)
        stop.start()
        try:
            cursor.execute(f"select sum(t0.id * t1.id + t2.id) from {endless}")
            return cursor.fetchall()
        except Exception as error:  # noqa: BLE001
            took = time.monotonic() - started
            return True if "ancel" in str(error) and took < 30 else (took, error)


def in_session():
    """Names without a schema are those of the session's, and new tables are made there."""
    with flight_sql.connect(URI, autocommit=True, db_kwargs={"adbc.flight.sql.rpc.with_cookie_middleware": "true"}) as own, own.cursor() as cursor:
        own.adbc_current_catalog = "lake"
        cursor.execute(f"create schema {schema}_annex")
        own.adbc_current_db_schema = f"{schema}_annex"
        cursor.execute("create table kept as select 5 as id")
        cursor.execute("select * from kept")
        seen = cursor.fetchall(), rows(f"select * from lake.{schema}_annex.kept")
        cursor.execute("drop table kept")
        cursor.execute(f"drop schema {schema}_annex")
        return same(seen, ([(5,)], [(5,)]))


attempt("a session's catalog and schema", in_session)
attempt("cancel", cancelled)
attempt("and the server goes on", lambda: same(count(f"{LAKE}.made"), 2))
