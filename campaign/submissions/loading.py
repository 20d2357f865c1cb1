"""One day's use -> the tables of customers and daily use, the fastest way each database has.

The rows wait in a temporary table, by login; the database itself finds or makes the customers.
"""

from collections.abc import Callable
from datetime import date

import duckdb
import pyarrow as pa
from django.db import connection
from pyarrow import csv

from campaign.models import Customer, DailyUse

BATCH = 20_000  # rows in memory at a time
LIKE_DAILY_USE = """
CREATE TEMPORARY TABLE loaded AS
SELECT customer.login, {of_use}
FROM campaign_dailyuse AS used JOIN campaign_customer AS customer ON customer.id = used.customer_id
WHERE 1 = 0"""
# In one order everywhere, byte by byte: two days loaded at once, and a list that is imported, wait for each other's new
# customers, never in a circle.
NEW_CUSTOMERS = """
INSERT INTO campaign_customer (login, {columns})
SELECT wanted.login, {values}
FROM loaded AS wanted
WHERE NOT EXISTS (SELECT 1 FROM campaign_customer AS known WHERE known.login = wanted.login)
GROUP BY wanted.login
ORDER BY wanted.login{by_bytes}
ON CONFLICT (login) DO NOTHING"""
# In the order of the key: its index is then written from page to page.
ROWS = """
INSERT INTO campaign_dailyuse (customer_id, day, {columns})
SELECT customer.id, %s, {of_use}
FROM loaded AS used JOIN campaign_customer AS customer ON customer.login = used.login
ORDER BY customer.id, used.submission_class"""


def replace_use(use: duckdb.DuckDBPyRelation, day: date) -> None:
    """Makes `use` all that the database has of `day`; call it in a transaction.

    Its columns are `login` and those of daily use, with times and lists as the texts that both
    databases read. Who is in no list of customers becomes one by having used the system.
    """
    names = [name for name in use.columns if name != "login"]
    columns, of_use = ", ".join(names), ", ".join(f"used.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(LIKE_DAILY_USE.format(of_use=of_use))
        LOADERS[connection.vendor](cursor, use.columns, use.to_arrow_reader(BATCH))
        _make_customers(cursor)
        DailyUse.objects.filter(day=day).delete()
        cursor.execute(ROWS.format(columns=columns, of_use=of_use), [day.isoformat()])
        cursor.execute("DROP TABLE loaded")


def _make_customers(cursor) -> None:
    fields = Customer._meta.local_concrete_fields
    plain = [field for field in fields if not (field.primary_key or field.generated or field.name == "login")]
    columns, values = ", ".join(field.column for field in plain), ", ".join(["%s"] * len(plain))
    defaults = [field.get_db_prep_save(field.get_default(), connection) for field in plain]
    by_bytes = BY_BYTES[connection.vendor]
    cursor.execute(NEW_CUSTOMERS.format(columns=columns, values=values, by_bytes=by_bytes), defaults)


def _copy(cursor, columns: list[str], batches: pa.RecordBatchReader) -> None:
    with cursor.copy(f"COPY loaded ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy:
        for batch in batches:
            lines = pa.BufferOutputStream()
            csv.write_csv(batch, lines, csv.WriteOptions(include_header=False))
            copy.write(lines.getvalue())


def _insert(cursor, columns: list[str], batches: pa.RecordBatchReader) -> None:
    values = ", ".join(["%s"] * len(columns))
    insert = f"INSERT INTO loaded ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 (names of columns)
    for batch in batches:
        cursor.executemany(insert, zip(*(column.to_pylist() for column in batch.columns), strict=True))


BY_BYTES = {"postgresql": ' COLLATE "C"', "sqlite": ""}
LOADERS: dict[str, Callable] = {"postgresql": _copy, "sqlite": _insert}
