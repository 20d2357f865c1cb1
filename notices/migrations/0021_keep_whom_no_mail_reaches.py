import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0027_leave_room_beside_customers"),
        ("notices", "0020_keep_the_report_of_a_large_round"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unreached",
            fields=[
                (
                    "holdout",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="unreached_kept",
                        serialize=False,
                        to="campaign.holdout",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnreachedCount",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="unreached_count",
                        serialize=False,
                        to="campaign.campaign",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
            ],
        ),
    ]
