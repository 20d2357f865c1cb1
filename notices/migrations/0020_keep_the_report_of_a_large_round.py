import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0019_count_how_far_recipients_got"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportCounts",
            fields=[
                (
                    "mailing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="report_counts",
                        serialize=False,
                        to="notices.mailing",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                ("counts", models.JSONField()),
            ],
        ),
    ]
