import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whom a worker's change reached, and an index of the entries of such changes.

    An index makes no table anew, so the triggers of the audit stay, in SQLite as well.
    """

    dependencies = [
        ("campaign", "0030_find_names_by_a_part_of_them"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkReached",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stretch", "change_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stretch", models.IntegerField(help_text="of customers' keys, counted from 0")),
                (
                    "change",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reached",
                        to="campaign.bulkchange",
                    ),
                ),
                (
                    "changed",
                    models.BinaryField(default=b"", help_text="a bit for each key of the stretch; the rest is 0"),
                ),
                ("restored", models.BinaryField(default=b"", help_text="of these: for whom it was undone")),
            ],
            options={
                "verbose_name": "customers changed together",
                "verbose_name_plural": "customers changed together",
            },
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("customer__isnull", True), ("kind", "bulkchange")),
                fields=["key"],
                name="audit_of_many",
            ),
        ),
    ]
