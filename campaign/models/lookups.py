"""Lookups that find what Django's own do not, or not through an index.

`begins`: text that begins with a word, found through an index on both databases.

Django's `startswith` is LIKE. In SQLite LIKE ignores case, so no index of ours serves it; a
range does, since SQLite compares text byte by byte. In PostgreSQL a range would follow the
collation, and LIKE has the pattern index that Django makes for every indexed CharField.

`pairs`: a name that has these pairs of characters, found through the index that a migration makes in
PostgreSQL. It says no more than that: whoever asks looks at the name as well. SQLite has no such index.

`lists`: a JSON list of texts that has this one. PostgreSQL finds it by the index that a migration
makes there; SQLite, which holds small providers only, looks through the texts of all lists.
"""

import json

from django.db import models
from django.db.models.lookups import StartsWith

LAST_CHARACTER = "\U0010ffff"


@models.Field.register_lookup
class Begins(models.Lookup):
    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        return StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        sql = f"({column} >= %s AND {column} < %s)"
        return sql, [*parameters, self.rhs, *parameters, self.rhs + LAST_CHARACTER]


@models.CharField.register_lookup
class Pairs(models.Lookup):
    lookup_name = "pairs"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        sql = f"({column} <> '' AND campaign_name_pairs({column}) @> %s::text[])"
        return sql, [*parameters, *parameters, list(self.rhs)]

    def as_sqlite(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} <> ''", parameters


@models.JSONField.register_lookup
class Lists(models.Lookup):
    lookup_name = "lists"
    prepare_rhs = False

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @> %s::jsonb", [*parameters, json.dumps([self.rhs])]

    def as_sqlite(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"instr({column}, %s) > 0", [*parameters, json.dumps(self.rhs)]
