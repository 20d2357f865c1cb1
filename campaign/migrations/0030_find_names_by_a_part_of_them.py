"""PostgreSQL finds a part of a name by an index of the pairs of its characters; the embedded SQLite reads its names.

Made beside the work that goes on: a million names took 68 seconds on a busy machine. No extension is needed (pg_trgm
would find nothing of two characters, and many Japanese names have no more).
"""

from django.db import migrations

# The words of a name, with one blank before each: so a pair with a blank is the beginning of a word. Of two
# characters, since that is what many words of names have. COST: no plan shall compute it for every row of the table.
FUNCTION = """
CREATE OR REPLACE FUNCTION campaign_name_pairs(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT array_agg(DISTINCT substr(spaced, place, 2))
    FROM (SELECT ' ' || btrim(regexp_replace(lower(name), '[ \u3000]+', ' ', 'g'))) AS of_words (spaced),
         generate_series(1, length(spaced) - 1) AS place
$$
"""
NAME = "customers_by_pairs_of_name"


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")  # what a broken try has left finds nothing
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON campaign_customer USING gin (campaign_name_pairs(name)) "
            "WHERE name <> ''"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        schema_editor.execute("DROP FUNCTION IF EXISTS campaign_name_pairs(text)")


class Migration(migrations.Migration):
    atomic = False  # an index that is made beside the work needs to be outside a transaction

    dependencies = [("campaign", "0029_name_records_in_both_languages")]

    operations = [migrations.RunPython(make, drop, atomic=False)]
