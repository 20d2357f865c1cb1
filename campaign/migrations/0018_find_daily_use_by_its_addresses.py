"""PostgreSQL finds an address inside the lists of daily use by an index; the embedded SQLite reads its few rows."""

from django.db import migrations

NAME = "daily_use_by_address"


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {NAME} ON campaign_dailyuse USING gin (addresses jsonb_path_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("campaign", "0017_keep_notes_tags_views_and_bulk_changes")]

    operations = [migrations.RunPython(index, drop)]
