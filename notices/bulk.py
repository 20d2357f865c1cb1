"""Many notices at once: their Message-IDs, tokens and numbers, and the fastest way each database has to take rows."""

import hashlib
import hmac
import random
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa
from django.conf import settings
from django.db import connection, models
from pyarrow import csv

from campaign.models import Campaign
from notices import links
from notices.models import Mailing, Notice

SHORT = {Campaign.Name.POP_BEFORE_SMTP: "pbs", Campaign.Name.LOCAL_PORT25: "p25"}
NUMBERS = range(100_000_000, 1_000_000_000)  # nine digits
LOTTERY = random.SystemRandom()  # so that one number does not lead to the next


def message_ids(mailing: Mailing, holdouts: Iterable[int]) -> list[str]:
    """One for each holdout, the same each time, and nobody's guess."""
    head = f"notice.{SHORT[Campaign.Name(mailing.campaign.name)]}.{mailing.period}."
    tail, name, key = f"@{settings.NOTICE_DOMAIN}", str(mailing), derived_key("notices.message-id")
    return [
        f"{head}{hmac.digest(key, f'{name} {holdout}'.encode(), 'sha256').hex()[:24]}{tail}" for holdout in holdouts
    ]


def token_digests(ids: Iterable[str]) -> list[str]:
    """What `links.digest(links.token_for(...))` is of each."""
    key, sha256 = derived_key(links.SALT), hashlib.sha256
    return [sha256(links.spelled(hmac.digest(key, one.encode(), "sha256")).encode()).hexdigest() for one in ids]


def derived_key(salt: str) -> bytes:
    """The key that Django's `salted_hmac` derives anew for each of a million values."""
    return hashlib.sha256(salt.encode() + settings.SECRET_KEY.encode()).digest()


def numbers(wanted: int) -> list[str]:
    """Announcement numbers that no notice has."""
    found: set[str] = set()
    while len(found) < wanted:
        drawn = {str(number) for number in LOTTERY.sample(NUMBERS, wanted - len(found))} - found
        found |= drawn - set(Notice.objects.filter(number__in=drawn).values_list("number", flat=True))
    return list(found)


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
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(lines.getvalue())


def _insert_many(table: str, names: list[str], columns: list[Sequence]) -> None:
    marks = ", ".join(["%s"] * len(names))
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 (names of columns)
    adapt = connection.ops.adapt_unknown_value
    with connection.cursor() as cursor:
        cursor.executemany(insert, zip(*([adapt(value) for value in column] for column in columns), strict=True))


INSERTERS: dict[str, Callable] = {"postgresql": _copy, "sqlite": _insert_many}
