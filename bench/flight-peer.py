"""
The server that ours is measured beside: pyarrow's FlightServer in front of DuckDB. Called with a database file and a port (0:
any free one), it says the port; with a database file, a query and a file's name, it writes the rows into that file.
"""
import json
import sys

import duckdb
import pyarrow as pa
import pyarrow.flight as fl

BATCH_ROWS = 65_536


class Server(fl.FlightServerBase):
    def __init__(self, path, location):
        super().__init__(location)
        self.connection = duckdb.connect(path)
        self.connection.execute("set threads = 2")

    def do_get(self, context, ticket):
        cursor = self.connection.cursor().execute(json.loads(ticket.ticket)["sql"])
        return fl.RecordBatchStream(cursor.to_arrow_reader(BATCH_ROWS))

    def do_put(self, context, descriptor, reader, writer):
        cursor = self.connection.cursor()
        cursor.register("uploaded", reader.to_reader())
        table = json.loads(descriptor.command)["table"]
        cursor.execute(f"create or replace table {table} as select * from uploaded")
        rows = cursor.execute(f"select count(*) from {table}").fetchone()[0]
        writer.write(json.dumps({"rows": rows}).encode())


if len(sys.argv) == 4:
    path, sql, file = sys.argv[1:]
    batches = duckdb.connect(path, read_only=True).execute(sql).to_arrow_reader(BATCH_ROWS)
    with pa.OSFile(file, "wb") as sink, pa.ipc.new_file(sink, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
else:
    server = Server(sys.argv[1], f"grpc://127.0.0.1:{sys.argv[2]}")
    print(f"listening grpc://127.0.0.1:{server.port}", flush=True)
    server.serve()
