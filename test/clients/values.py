"""Random schemas and values both ways, by plain Flight and by ADBC. Called with a server's port; a line of JSON a check."""
import datetime as dt
import decimal
import json
import os
import random
import string
import sys

import adbc_driver_flightsql.dbapi as flight_sql
import pyarrow as pa
import pyarrow.flight as fl

# VALUES_ROUNDS and VALUES_SEED look further by hand.
ROUNDS = int(os.environ.get("VALUES_ROUNDS", "40"))
source = random.Random(int(os.environ.get("VALUES_SEED", "7")))
client = fl.FlightClient(f"grpc://127.0.0.1:{sys.argv[1]}")
connection = flight_sql.connect(f"grpc://127.0.0.1:{sys.argv[1]}", autocommit=True)


def check(name, ok, seen=None):
    print(json.dumps({"check": name, "ok": bool(ok), "seen": None if ok else repr(seen)[:2000]}), flush=True)


def decimal_type():
    precision = source.randint(1, 38)
    return pa.decimal128(precision, source.randint(0, precision))


UNITS = ["s", "ms", "us", "ns"]
LEAVES = [
    pa.bool_, pa.int8, pa.int16, pa.int32, pa.int64, pa.uint8, pa.uint16, pa.uint32, pa.uint64, pa.float32, pa.float64,
    pa.string, pa.large_string, pa.string_view, pa.binary, pa.large_binary, pa.binary_view, pa.date32, pa.date64,
    decimal_type, decimal_type, pa.month_day_nano_interval, lambda: pa.binary(source.randint(1, 20)),
    lambda: pa.time32(source.choice(UNITS[:2])), lambda: pa.time64("us"),
    lambda: pa.timestamp(source.choice(UNITS)), lambda: pa.timestamp("us", source.choice(["UTC", "Europe/Berlin"])),
    lambda: pa.duration(source.choice(UNITS[:3])),
]  # fmt: skip


def random_type(depth=0):
    nested = source.random() < (0.35 if depth == 0 else 0.25)
    if not nested or depth >= 3:
        return source.choice(LEAVES)()
    kind = source.randrange(5)
    if kind == 0:
        return pa.list_(random_type(depth + 1))
    if kind == 1:
        return pa.large_list(random_type(depth + 1))
    if kind == 2:
        return pa.list_(random_type(depth + 1), source.randint(1, 3))
    if kind == 3:
        return pa.struct([(f"p{i}", random_type(depth + 1)) for i in range(source.randint(1, 3))])
    return pa.map_(source.choice([pa.string, pa.int32])(), random_type(depth + 1))


def text():
    length = source.choice([0, 1, 11, 12, 13, 40, 300])
    return "".join(source.choice(string.ascii_letters + 'äß🙂"\\\n ') for _ in range(length))


def integer(bits, signed):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return source.choice([low, high, 0, source.randint(low, high)])


def moment():
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=source.randint(-(2**32), 2**32), microseconds=source.randint(0, 999_999))


def value(kind, required=False):
    if not required and source.random() < 0.15:
        return None
    t = pa.types
    if t.is_boolean(kind):
        return source.random() < 0.5
    if t.is_integer(kind):
        return integer(kind.bit_width, t.is_signed_integer(kind))
    if t.is_floating(kind):
        return source.choice([0.0, -1.5, float("inf"), source.randint(-(2**20), 2**20) / 8])
    if t.is_decimal(kind):
        digits = source.choice([1, 10**kind.precision - 1, source.randrange(10**kind.precision)])
        # A decimal's own context would round: its digits are put together as a text.
        return decimal.Decimal((source.randrange(2), tuple(int(d) for d in str(digits)), -kind.scale))
    if t.is_fixed_size_binary(kind):
        return source.randbytes(kind.byte_width)
    if t.is_string(kind) or t.is_large_string(kind) or kind == pa.string_view():
        return text()
    if t.is_binary(kind) or t.is_large_binary(kind) or kind == pa.binary_view():
        return text().encode()
    if t.is_date(kind):
        return dt.date(1, 1, 1) + dt.timedelta(days=source.randrange(3_652_058))
    if t.is_time(kind):
        at = moment()
        return at.time().replace(microsecond={"s": 0, "ms": at.microsecond // 1000 * 1000}.get(kind.unit, at.microsecond))
    if t.is_timestamp(kind):
        at = moment().replace(microsecond=0)
        return at if kind.tz is None else at.replace(tzinfo=dt.timezone.utc)
    if t.is_duration(kind):
        return dt.timedelta(seconds=source.randint(-(2**30), 2**30))
    if t.is_interval(kind):
        return pa.MonthDayNano([source.randint(-1000, 1000), source.randint(-1000, 1000), source.randint(-(2**40), 2**40) * 1000])
    if t.is_map(kind):
        keys = {value(kind.key_type, True) for _ in range(source.randrange(4))}
        return [(key, value(kind.item_type)) for key in sorted(keys)]
    if t.is_struct(kind):
        return {field.name: value(field.type) for field in kind}
    size = kind.list_size if t.is_fixed_size_list(kind) else source.choice([0, 1, 2, 5])
    return [value(kind.value_type) for _ in range(size)]


def random_column(rows):
    if source.random() < 0.1:
        words = [text() for _ in range(4)]
        return pa.array([source.choice([*words, None]) for _ in range(rows)]).dictionary_encode()
    kind = random_type()
    return pa.array([value(kind) for _ in range(rows)], kind)


def random_table():
    """Sliced, of several batches, now and then without rows; a first column keeps the order."""
    rows = source.choice([0, 1, 9, 70, 200])
    columns = {"id": pa.array(range(rows + 7), pa.int32())}
    columns.update({f"c{i}": random_column(rows + 7) for i in range(source.randint(1, 5))})
    return pa.table(columns).slice(source.randint(1, 7), rows)


def plain(value, kind):
    """As this server gives it: durations are intervals, dates have no time, moments are in UTC."""
    t = pa.types
    if value is None:
        return None
    if t.is_dictionary(kind):
        return value
    if t.is_duration(kind):
        return (0, 0, (value.days * 86_400 + value.seconds) * 10**9 + value.microseconds * 1000)
    if t.is_interval(kind):
        return tuple(value)
    if t.is_timestamp(kind):
        at = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
        return at if at.tzinfo is None else at.astimezone(dt.timezone.utc)
    if t.is_map(kind):
        return [(plain(k, kind.key_type), plain(v, kind.item_type)) for k, v in value]
    if t.is_struct(kind):
        return {field.name: plain(value[field.name], field.type) for field in kind}
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        return [plain(item, kind.value_type) for item in value]
    return value


def rows_of(table):
    # Nanoseconds would need pandas: all that are sent here are whole microseconds.
    columns = [column.cast(pa.timestamp("us")) if column.type == pa.timestamp("ns") else column for column in table.columns]
    return [[plain(value, column.type) for value in column.to_pylist()] for column in columns]


def by_flight(name, table):
    codec = source.choice([None, "lz4", "zstd"])
    options = fl.FlightCallOptions(write_options=pa.ipc.IpcWriteOptions(compression=codec))
    descriptor = fl.FlightDescriptor.for_command(json.dumps({"table": name, "mode": "replace"}))
    writer, answers = client.do_put(descriptor, table.schema, options=options)
    for batch in table.to_batches(source.choice([3, 64, 1000])):
        writer.write_batch(batch)
    writer.done_writing()
    answers.read()
    writer.close()
    return client.do_get(fl.Ticket(json.dumps({"sql": f"select * from {name} order by id"}))).read_all()


def by_adbc(name, table):
    with connection.cursor() as cursor:
        reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(source.choice([3, 64, 1000])))
        cursor.adbc_ingest(name, reader, mode="replace")
        cursor.execute(f"select * from {name} order by id")
        return cursor.fetch_arrow_table()


for round in range(ROUNDS):
    table = random_table()
    sent = rows_of(table)
    # ADBC's driver sends no message at all of a table without rows: nobody knows then what it was.
    for road in (by_flight, by_adbc) if table.num_rows > 0 else (by_flight,):
        name = f"{road.__name__} {round}"
        try:
            seen = rows_of(road(road.__name__, table))
            wrong = [(str(table.field(i).type), s, g) for i, (s, g) in enumerate(zip(sent, seen, strict=True)) if s != g]
            check(name, not wrong, wrong)
        except Exception as error:  # noqa: BLE001
            check(name, False, (error, table.schema.to_string()))
