"""Runs one Python model of a project, in a process of its own.

The database belongs to the process that started this one. What the model reads is asked of it by name and comes as
database files; what the model gives is written to another. One JSON object a line goes each way, on the pipes that
were stdin and stdout at the start. Whatever the model prints goes to stderr, which is the run's log.
"""

import ast
import json
import os
import re
import sys
import threading
import traceback
import types

INPUT = "__dbt_input_"
OUTPUT = "__dbt_output_"


class Parent:
    """Who started this process and owns the database."""

    def __init__(self):
        self.reader = os.fdopen(os.dup(0), "r", encoding="utf-8")
        self.writer = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self.lock = threading.Lock()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)

    def hear(self):
        line = self.reader.readline()
        if line == "":
            os._exit(1)
        return json.loads(line)

    def say(self, **message):
        self.writer.write(json.dumps(message) + "\n")
        self.writer.flush()

    def ask(self, **question):
        with self.lock:
            self.say(**question)
            return self.hear()


class RelationError(Exception):
    """A relation that the model asks for cannot be read."""


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def dotted(parts):
    return ".".join(quoted(part) for part in parts)


def text(value):
    return "'" + value.replace("'", "''") + "'"


class Database:
    """The model's connection: a database of the real one's name, in which what the model reads appears under its own."""

    def __init__(self, duckdb, job, parent):
        self.parent = parent
        self.name = job["database"]
        self.known = {}
        self.con = self.connect(duckdb, job["file"], job["config"])
        for statement in job["setup"]:
            try:
                self.con.execute(statement["sql"])
            except Exception as error:
                # Most models need none of it; one that does fails below this line of the log.
                print("Not prepared for the Python model (%s): %s" % (statement["what"], error), file=sys.stderr)

    def connect(self, duckdb, file, config):
        # A cursor of the model's own has the database that was connected to, whatever USE says here.
        con = duckdb.connect(file, config=config)
        if con.execute("select current_database()").fetchone()[0] == self.name:
            return con
        con.close()
        con = duckdb.connect(":memory:", config=config)
        con.execute("attach %s as %s" % (text(file), quoted(self.name)))
        con.execute("use " + quoted(self.name))
        return con

    def load(self, relation):
        """What `dbt.ref()` and `dbt.source()` give."""
        return self.con.query("select * from " + self.provide(relation))

    def provide(self, relation, optional=False):
        """Has a relation copied here; returns where its rows are. Null: there is none, and it may be missing."""
        if relation in self.known:
            return self.known[relation]
        answer = self.parent.ask(relation=relation, optional=optional)
        if "missing" in answer:
            return None
        if "problem" in answer:
            raise RelationError("%s cannot be read: %s" % (relation, answer["problem"]))
        alias = INPUT + str(len(self.known) + 1)
        self.con.execute("attach %s as %s (read_only)" % (text(answer["file"]), alias))
        rows = alias + ".main.rows"
        if answer["name"] is not None:
            self.place(answer["name"], rows)
        self.known[relation] = rows
        return rows

    def place(self, name, rows):
        self.add_schema(name[:2])
        self.con.execute("create or replace view %s as from %s" % (dotted(name), rows))

    def add_schema(self, name):
        if name[0] != self.name:
            self.con.execute("attach if not exists ':memory:' as " + quoted(name[0]))
        self.con.execute("create schema if not exists " + dotted(name))

    def tables(self, cursor):
        found = cursor.execute(
            "select database_name, schema_name, table_name, temporary from duckdb_tables() where database_name not like %s"
            % text(INPUT + "%")
        )
        return set(found.fetchall())

    def collect(self, cursor, before):
        """The tables that were made, all of them in this database's file."""
        made = []
        for database, schema, table, temporary in sorted(self.tables(cursor) - before):
            place = [schema, table]
            if database != self.name:
                place = ["main", OUTPUT + str(len(made) + 1)]
                cursor.execute("create table %s as from %s" % (dotted([self.name] + place), dotted([database, schema, table])))
            made.append({"name": [database, schema, table], "temporary": temporary, "place": place})
        return made


NAME = r'(?:"[^"]+"|\w+)'
READS = re.compile(r'\b(?:from|join)\s+(%s(?:\.%s){0,2})(?!\s*\(|[\w."])' % (NAME, NAME), re.IGNORECASE)
WHOLE = re.compile(r"%s(?:\.%s){1,2}" % (NAME, NAME))


def relations_named(code, this):
    """Relations that the model seems to read by name in SQL of its own, without saying so to dbt."""
    known = {"dbt.this." + part: getattr(this, part) for part in ("database", "schema", "identifier")}
    tree = ast.parse(code)
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    names = []
    for node in ast.walk(tree):
        if id(node) in remarks:
            continue
        written = string_of(node, known)
        names += READS.findall(written)
        if WHOLE.fullmatch(written):
            names.append(written)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("table", "view") and node.args:
            names.append(string_of(node.args[0], known))
    return [name for name in dict.fromkeys(names) if name]


def string_of(node, known):
    """A text as far as it can be told without running the model; what is put into an f-string may be part of `dbt.this`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(string_of(part, known) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return known.get(dotted_source(node.value), "{}")
    return ""


def dotted_source(node):
    if isinstance(node, ast.Attribute):
        return "%s.%s" % (dotted_source(node.value), node.attr)
    return getattr(node, "id", "?")


class Model:
    def __init__(self, job):
        self.file = job["path"]
        self.raw_code = job["raw_code"]
        # Lines are counted as in the model's own file.
        code = "\n" * (job["line"] - 1) + job["code"].strip()
        self.module = types.ModuleType(job["name"])
        self.module.__file__ = os.path.abspath(self.file)
        exec(compile(code, self.file, "exec"), self.module.__dict__)

    def run(self, database):
        dbt = self.module.dbtObj(database.load)
        for name in relations_named(self.raw_code, dbt.this):
            database.provide(name, optional=True)
        if "dbt.this" in self.raw_code:
            database.provide(repr(dbt.this), optional=True)
        return self.module.model(dbt, database.con)


def write(duckdb, database, model, rows):
    """Hands what the model gave to `materialize`, which is generated and may be a project's own."""
    is_relation = isinstance(rows, duckdb.DuckDBPyRelation)
    # A relation may need what is temporary on its connection; a reader of rows must not share it.
    cursor = database.con if is_relation else database.con.cursor()
    before = database.tables(cursor)
    try:
        model.module.materialize(rows, cursor)
    except Exception:
        if not is_relation and not can_be_read(cursor, rows):
            raise Unusable(rows)
        raise
    made = database.collect(cursor, before)
    try:
        database.con.execute("commit")
    except duckdb.Error:
        pass
    database.con.close()
    return made


class Unusable(Exception):
    def __init__(self, rows):
        kind = type(rows)
        self.kind = kind.__name__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__qualname__)


def can_be_read(cursor, rows):
    try:
        cursor.register("__dbt_probe", rows)
    except Exception:
        return False
    return True


def is_own(frame, model):
    """Is a frame of a traceback the user's to see? Not this file's, nor that of what was put behind the model."""
    return frame.filename != __file__ and not (frame.filename == model["path"] and frame.lineno > last_line(model))


def last_line(model):
    return model["line"] + model["raw_code"].count("\n")


def shown(error, model):
    whole = part = traceback.TracebackException.from_exception(error)
    seen = set()
    while part is not None and id(part) not in seen:
        seen.add(id(part))
        part.stack = traceback.StackSummary.from_list([frame for frame in part.stack if is_own(frame, model)])
        part = part.__cause__ or part.__context__
    return "".join(whole.format()).rstrip()


def line_of(error, model):
    if isinstance(error, SyntaxError) and error.filename == model["path"]:
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == model["path"]]
    lines = [frame.lineno for frame in frames if is_own(frame, model)]
    return lines[-1] if lines else None


def main():
    parent = Parent()
    job = parent.hear()
    # A script's own folder is no place for a model's imports.
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if path != own]
    sys.path += [path for path in job["module_paths"] if path not in sys.path]
    try:
        import duckdb
    except ImportError as error:
        return parent.say(failed={"kind": "no-duckdb", "message": str(error)})
    ensure_event_loop()
    try:
        model = Model(job)
        database = Database(duckdb, job, parent)
        for name in job["schemas"]:
            database.add_schema(name)
        made = write(duckdb, database, model, model.run(database))
        parent.say(done=made)
    except Unusable as error:
        parent.say(failed={"kind": "unusable", "message": error.kind})
    except BaseException as error:
        parent.say(failed={"kind": "raised", "message": shown(error, job), "line": line_of(error, job)})


def ensure_event_loop():
    """Newer Pythons make none by themselves."""
    if sys.version_info >= (3, 12):
        import asyncio

        asyncio.set_event_loop(asyncio.new_event_loop())


main()
# Threads that a model has left running hold nobody up.
sys.stdout.flush()
sys.stderr.flush()
os._exit(0)
