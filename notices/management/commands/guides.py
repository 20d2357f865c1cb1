"""`manage.py guides`: what guides there are, and which of their words nobody has seen on a screen yet."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandParser, no_translations

from notices.guides import catalog
from notices.guides.client import Client
from notices.guides.unverified import unverified

Row = dict[str, str | int]


class Command(BaseCommand):
    help = "List the guides with their state, or the words in them that are not verified."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unverified", action="store_true", help="the words: file, label, language, word")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    @no_translations  # as all commands of the shell
    def handle(self, *args, **options) -> None:
        clients = catalog.clients()
        rows = _words(clients) if options["unverified"] else _guides(clients)
        lines = (json.dumps(row, ensure_ascii=False) for row in rows) if options["json"] else _columns(rows)
        for line in lines:
            self.stdout.write(line)


def _words(clients: Iterable[Client]) -> list[Row]:
    return [asdict(word) for client in clients for word in unverified(client)]


def _guides(clients: Iterable[Client]) -> list[Row]:
    return [
        {
            "guide": client.name,
            "state": client.state,
            "steps": len(client.steps),
            "unverified": sum(1 for _ in unverified(client)),
        }
        for client in clients
    ]


def _columns(rows: list[Row]) -> list[str]:
    """A heading and a line each, the columns as wide as their widest cell; nothing where there are no rows."""
    if not rows:
        return []
    cells = [[*rows[0]], *([str(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
