"""Whole tables into an empty database, the fastest way each has: without indexes, which come at the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from django.db import connection
from pyarrow import csv

BATCH = 100_000  # rows in memory at a time
Write = Callable[[str, duckdb.DuckDBPyRelation], None]


@contextmanager
def at_once() -> Iterator[Write]:
    """What writes a table; what indexes and keys demand is looked at in the end."""
    with connection.cursor() as cursor:
        begin, write, end = WRITERS[connection.vendor]
        left_out = begin(cursor)

        def written(table: str, rows: duckdb.DuckDBPyRelation) -> None:
            reader = rows.to_arrow_reader(BATCH)
            write(cursor, table, ", ".join(f'"{name}"' for name in reader.schema.names), reader)

        yield written
        for statement in left_out:
            cursor.execute(statement)
        end(cursor)


def _begin_sqlite(cursor) -> list[str]:
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND (tbl_name LIKE 'campaign@_%' ESCAPE '@' OR tbl_name LIKE 'notices@_%' ESCAPE '@')"
    )
    found = cursor.fetchall()
    for name, _made in found:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute("BEGIN")
    return [made for _name, made in found]


def _insert(cursor, table: str, columns: str, batches: pa.RecordBatchReader) -> None:
    marks = ", ".join(["%s"] * len(batches.schema.names))
    for batch in batches:
        rows = zip(*(_plain(column).to_pylist() for column in batch.columns), strict=True)
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 (names from above)


def _plain(column: pa.Array) -> pa.Array:
    kind = column.type
    return column.cast(pa.string()) if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else column


def _begin_postgresql(cursor) -> list[str]:
    cursor.execute("SET session_replication_role = replica")  # no triggers: what is written refers to what is there
    cursor.execute("SET maintenance_work_mem = '1GB'")
    cursor.execute("SET synchronous_commit = off")
    cursor.execute(
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'u' AND conrelid::regclass::text ~ '^(campaign|notices)_'"
    )
    unique = cursor.fetchall()
    for table, name, _made in unique:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename ~ '^(campaign|notices)_' AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint WHERE contype = 'p')"
    )
    plain = cursor.fetchall()
    for name, _made in plain:
        cursor.execute(f'DROP INDEX "{name}"')
    return [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}' for table, name, made in unique] + [
        made for _name, made in plain
    ]


def _copy(cursor, table: str, columns: str, batches: pa.RecordBatchReader) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for batch in batches:
            lines = pa.BufferOutputStream()
            csv.write_csv(batch, lines, csv.WriteOptions(include_header=False))
            copy.write(lines.getvalue())


def _end_postgresql(cursor) -> None:
    """The keys went in as they are: what the product adds comes after them."""
    cursor.execute(
        "SELECT sequencename, relname, attname FROM pg_sequences"
        " JOIN pg_depend ON objid = sequencename::regclass AND deptype = 'i'"
        " JOIN pg_class ON pg_class.oid = refobjid"
        " JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid"
    )
    for sequence, table, column in cursor.fetchall():
        cursor.execute(f"SELECT setval('{sequence}', GREATEST(1, (SELECT MAX({column}) FROM {table})))")  # noqa: S608
    cursor.execute("RESET ALL")


WRITERS = {
    "sqlite": (_begin_sqlite, _insert, lambda cursor: cursor.execute("COMMIT")),
    "postgresql": (_begin_postgresql, _copy, _end_postgresql),
}
