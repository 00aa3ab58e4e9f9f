"""What ADBC's Flight SQL driver sees of a running server. Called with its port; prints one line of JSON a check."""
import datetime as dt
import decimal
import json
import sys

import adbc_driver_flightsql.dbapi as flight_sql
import pyarrow as pa

URI = f"grpc://127.0.0.1:{sys.argv[1]}"


def check(name, ok, seen=None):
    print(json.dumps({"check": name, "ok": bool(ok), "seen": None if ok else repr(seen)}), flush=True)


def attempt(name, work):
    """What the work gives, which holds if it is True."""
    try:
        seen = work()
        check(name, seen is True, seen)
    except Exception as error:  # noqa: BLE001
        check(name, False, error)


def fails(name, part, work):
    try:
        check(name, False, work())
    except Exception as error:  # noqa: BLE001
        check(name, part in str(error), error)


def same(seen, expected):
    return True if seen == expected else (seen, expected)


D = decimal.Decimal
conn = flight_sql.connect(URI, autocommit=True)
cur = conn.cursor()


def rows(sql, parameters=None):
    cur.execute(sql, parameters)
    return cur.fetchall()


attempt("a query", lambda: same(rows("select id, name from wards order by id"), [(1, "north"), (2, None)]))
attempt("an Arrow table", lambda: (cur.execute("select 1::int as a"), same(cur.fetch_arrow_table().to_pydict(), {"a": [1]}))[1])
attempt("a large result", lambda: same(rows("select count(*), sum(i) from range(300000) t(i)"), [(300000, D(44999850000))]))
attempt("ddl runs before rows are asked for", lambda: (cur.execute("create table made (id int, note varchar)"), same(rows("select count(*) from made"), [(0,)]))[1])
attempt("parameters", lambda: same(rows("insert into made values (?, ?)", (7, "seven")), [(1,)]))
attempt("executemany", lambda: (cur.executemany("insert into made values (?, ?)", [(8, "eight"), (9, None)]), same(rows("select * from made order by id"), [(7, "seven"), (8, "eight"), (9, None)]))[1])


def one_of_many_fails():
    cur.execute("create table keyed (id int primary key)")
    try:
        cur.executemany("insert into keyed values (?)", [(1,), (2,), (1,)])
    except Exception:  # noqa: BLE001
        return same(rows("select count(*) from keyed"), [(0,)])
    return "no error"


check("many are written all or none", one_of_many_fails() is True)
attempt("returning", lambda: same(rows("insert into made values (10, 'ten') returning id"), [(10,)]))
attempt("show", lambda: ("made",) in rows("show tables") or rows("show tables"))


def place_of_error():
    try:
        rows("select 1\nfrom nowhere")
    except Exception as error:  # noqa: BLE001
        return True if "nowhere" in str(error) and "line 2" in str(error) else str(error)
    return "no error"


check("the place of an error", place_of_error() is True)
VALUES = {
    "bool": (True, pa.bool_(), "boolean"),
    "int8": (-128, pa.int8(), "tinyint"),
    "int32": (2**31 - 1, pa.int32(), "integer"),
    "int64": (-(2**63), pa.int64(), "bigint"),
    "uint64": (2**64 - 1, pa.uint64(), "ubigint"),
    "float32": (1.5, pa.float32(), "float"),
    "float64": (0.1, pa.float64(), "double"),
    "decimal": (D("-12345678901234567890.123456"), pa.decimal128(38, 6), "decimal(38, 6)"),
    "text": ("Größe 🙂", pa.string(), "varchar"),
    "large text": ("x" * 5000, pa.large_string(), "varchar"),
    "bytes": (b"\x00\xff", pa.binary(), "blob"),
    "date": (dt.date(1582, 10, 15), pa.date32(), "date"),
    "time": (dt.time(23, 59, 59, 999999), pa.time64("us"), "time"),
    "timestamp": (dt.datetime(1969, 12, 31, 23, 59, 59, 999999), pa.timestamp("us"), "timestamp"),
    "moment": (dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc), pa.timestamp("us", "UTC"), "timestamptz"),
    "list": ([1, None, 3], pa.list_(pa.int32()), "integer[]"),
    "struct": ({"a": 1, "b": "x"}, pa.struct([("a", pa.int32()), ("b", pa.string())]), "struct(a integer, b varchar)"),
}
for name, (value, kind, sql) in VALUES.items():
    for each in (value, None):
        batch = pa.record_batch([pa.array([each], kind)], names=["v"])

        def back(batch=batch, each=each, sql=sql):
            cur.execute(f"select ?::{sql} as v", batch)
            return same(cur.fetch_arrow_table().column(0).to_pylist(), [each])

        attempt(f"a parameter: {name}, {each!r:.20}", back)


def parameter_schema():
    with conn.cursor() as own:
        seen = own.adbc_prepare("select * from made where id = ? and note = ?")
        return same([str(kind) for kind in seen.types], ["int32", "string"])


attempt("types of parameters", parameter_schema)

table = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["a", None]})
more = pa.table({"id": pa.array([3], pa.int64()), "name": ["c"]})
count = lambda name: rows(f"select count(*) from {name}")[0][0]  # noqa: E731
attempt("ingest: create", lambda: same((cur.adbc_ingest("put", table), count("put")), (2, 2)))
fails("ingest: create what is there", "ALREADY", lambda: cur.adbc_ingest("put", table, mode="create"))
attempt("ingest: append", lambda: same((cur.adbc_ingest("put", more, mode="append"), count("put")), (1, 3)))
fails("ingest: append to what is not there", "NOT", lambda: cur.adbc_ingest("nothing", more, mode="append"))
attempt("ingest: create_append", lambda: same((cur.adbc_ingest("grown", more, mode="create_append"), cur.adbc_ingest("grown", table, mode="create_append"), count("grown")), (1, 2, 3)))
attempt("ingest: replace", lambda: same((cur.adbc_ingest("put", more, mode="replace"), count("put")), (1, 1)))
# The driver keeps a schema for the statements that follow.
elsewhere = conn.cursor()
attempt("ingest: in a schema", lambda: same((elsewhere.adbc_ingest("wide", more, db_schema_name="ward.x", catalog_name="ward"), count('"ward"."ward.x".wide')), (1, 1)))
elsewhere.close()
attempt("ingest: a reader of batches", lambda: same((cur.adbc_ingest("streamed", pa.RecordBatchReader.from_batches(table.schema, table.to_batches(1))), count("streamed")), (2, 2)))
fails("ingest: temporary", "temporary", lambda: cur.adbc_ingest("tmp", more, temporary=True))

objects = conn.adbc_get_objects(depth="all").read_all().to_pylist()
found = {
    (catalog["catalog_name"], schema["db_schema_name"], table["table_name"], table["table_type"]): [
        (column["column_name"]) for column in table["table_columns"]
    ]
    for catalog in objects
    for schema in catalog["catalog_db_schemas"]
    for table in schema["db_schema_tables"]
}
check("objects: tables and columns", found.get(("ward", "main", "wards", "TABLE")) == ["id", "name"], found)
filtered = conn.adbc_get_objects(depth="tables", table_name_filter="war%").read_all().to_pylist()
names = [t["table_name"] for c in filtered for s in c["catalog_db_schemas"] for t in s["db_schema_tables"]]
check("objects: a pattern", names == ["wards"], names)
attempt("a table's schema", lambda: same(conn.adbc_get_table_schema("wards", db_schema_filter="main").names, ["id", "name"]))
attempt("table types", lambda: "VIEW" in conn.adbc_get_table_types())
info = conn.adbc_get_info()
check("info", info.get("vendor_name") == "duckhouse-dbt" and info.get("vendor_version"), info)
attempt("current catalog and schema", lambda: same((conn.adbc_current_catalog, conn.adbc_current_db_schema), ("ward", "main")))

COOKIES = {"adbc.flight.sql.rpc.with_cookie_middleware": "true"}
annex = flight_sql.connect(URI, autocommit=True, db_kwargs=COOKIES)
there = annex.cursor()


def in_session(sql, parameters=None):
    there.execute(sql, parameters)
    return there.fetchall()


def set_schema(name):
    annex.adbc_current_db_schema = name
    return annex.adbc_current_db_schema


cur.execute("create schema annex")
attempt("a session's schema", lambda: same(set_schema("annex"), "annex"))
attempt("a table is made in it", lambda: (there.execute("create table made as select 77 as id"), same(in_session("select * from made"), [(77,)]))[1])
attempt("and written", lambda: (there.execute("insert into made values (78)"), same(in_session("select count(*) from made where id > ?", (77,)), [(1,)]))[1])
attempt("what is not in it is found as ever", lambda: same(in_session("select count(*) from wards"), [(2,)]))
attempt("rows go there", lambda: (there.adbc_ingest("sent", pa.table({"id": [1, 2]})), same(in_session("select count(*) from sent"), [(2,)]))[1])
attempt("others see none of it", lambda: same((rows("select max(id) from annex.made"), rows("select count(*) from made where id = 77")), ([(78,)], [(0,)])))
fails("or by a bare name", "sent", lambda: count("sent"))
fails("a schema that is not there", "schema", lambda: set_schema("nowhere"))
attempt("and the old one stays", lambda: same(annex.adbc_current_db_schema, "annex"))
attempt("a session's catalog", lambda: same((setattr(annex, "adbc_current_catalog", "WARD"), annex.adbc_current_catalog)[1], "ward"))
attempt("it is dropped by its bare name", lambda: (there.execute("drop table made"), same(count("made where id = 77"), 0))[1])
there.close()
annex.close()

tx = flight_sql.connect(URI)
with tx.cursor() as own:
    own.execute("insert into made values (100, 'held')")
    own.execute("select count(*) from made where id = 100")
    check("a transaction sees what it wrote", own.fetchall() == [(1,)])
    check("others do not", count("made where id = 100") == 0)
    tx.rollback()
    check("a rollback", count("made where id = 100") == 0)
    own.execute("insert into made values (100, 'kept')")
    tx.commit()
    check("a commit", count("made where id = 100") == 1)
    own.execute("create table inside (id int)")
    own.execute("select count(*) from inside")
    check("a table of the transaction", own.fetchall() == [(0,)])
    tx.rollback()
    fails("and is gone after a rollback", "inside", lambda: count("inside"))
tx.close()


def cancelled():
    own = conn.cursor()
    own.execute("select count(*) from range(100000000) a, range(1000) b")
    import threading

    threading.Timer(0.3, own.adbc_cancel).start()
    try:
        own.fetchall()
    except Exception as error:  # noqa: BLE001
        return True if "cancel" in str(error).lower() else str(error)
    return "it ended"


attempt("cancel", cancelled)
cur.close()
conn.close()
check("the end", True)
