"""The database of this run, for another process."""

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    return f"postgresql://{of['USER']}@{quote(of['HOST'], safe='')}/{of['NAME']}"
