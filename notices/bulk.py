"""Many notices at once: their Message-IDs, tokens and numbers, and the fastest way each database has to take rows."""

import json
import secrets
import struct
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa
from django.conf import settings
from django.db import connection, models
from pyarrow import csv

from campaign.models import Campaign
from notices import links
from notices.models import Mailing

SHORT = {Campaign.Name.POP_BEFORE_SMTP: "pbs", Campaign.Name.LOCAL_PORT25: "p25"}
FIRST_NUMBER, NUMBERS = 100_000_000, 900_000_000  # all that have nine digits
# One value with all of them: thousands of parameters would each be quoted and parsed.
TAKEN = {
    "postgresql": """SELECT number FROM notices_notice
        WHERE number = ANY (ARRAY(SELECT jsonb_array_elements_text(%s::jsonb)))""",
    "sqlite": "SELECT number FROM notices_notice WHERE number IN (SELECT value FROM json_each(%s))",
}


def message_ids(mailing: Mailing, places: Iterable[str]) -> list[str]:
    """Of notices whose places are keyed digests: nobody's guess, and in the places' order, as an index likes it."""
    head = f"notice.{SHORT[Campaign.Name(mailing.campaign.name)]}.{mailing.period}."
    return [f"{head}{place[:24]}@{settings.NOTICE_DOMAIN}" for place in places]


def token_digests(ids: Iterable[str]) -> list[str]:
    return [links.digest(links.token_for(one)) for one in ids]


def numbers(wanted: int) -> list[str]:
    """Announcement numbers that no notice has; by lot, so that one does not lead to the next."""
    found: set[str] = set()
    while len(found) < wanted:
        drawn = _drawn(wanted - len(found)) - found
        found |= drawn - _taken(drawn)
    return list(found)


def _drawn(wanted: int) -> set[str]:
    lots = struct.unpack(f"={wanted}I", secrets.token_bytes(4 * wanted))
    fair = 2**32 - 2**32 % NUMBERS  # a lot beyond would make some numbers likelier than others
    return {str(FIRST_NUMBER + lot % NUMBERS) for lot in lots if lot < fair}


def _taken(drawn: set[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(TAKEN[connection.vendor], [json.dumps(list(drawn))])
        return {number for (number,) in cursor.fetchall()}


def insert(model: type[models.Model], columns: dict[str, object], *, rows: int) -> None:
    """So many rows. A column is a list of their values, or one value for all; what is not named has its default."""
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated]
    names, values = [], []
    for each in fields:
        given = columns.get(each.attname, each.get_default())
        names.append(each.column)
        values.append(given if isinstance(given, list | tuple) else [given] * rows)
    INSERTERS[connection.vendor](model._meta.db_table, names, values)


def _copy(table: str, names: list[str], columns: list[Sequence]) -> None:
    """COPY as CSV: an empty text is quoted, and what is not quoted is null."""
    texts = [pa.array([None if value is None else str(value) for value in column], pa.string()) for column in columns]
    lines = pa.BufferOutputStream()
    csv.write_csv(pa.Table.from_arrays(texts, names=names), lines, csv.WriteOptions(include_header=False))
    copying = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        copy.write(lines.getvalue())


def _insert_many(table: str, names: list[str], columns: list[Sequence]) -> None:
    marks = ", ".join(["%s"] * len(names))
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 (names of columns)
    adapt = connection.ops.adapt_unknown_value
    with connection.cursor() as cursor:
        cursor.executemany(insert, zip(*([adapt(value) for value in column] for column in columns), strict=True))


INSERTERS: dict[str, Callable] = {"postgresql": _copy, "sqlite": _insert_many}
