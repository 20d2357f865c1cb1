import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0029_name_records_in_both_languages"),
        ("notices", "0026_keep_why_no_mail_reaches"),
    ]

    operations = [
        migrations.CreateModel(
            name="DueCounts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("announcement", "First announcement"),
                            ("first", "First notice of a new holdout"),
                            ("reminder", "Monthly reminder"),
                            ("two_weeks", "Two weeks before the cut-off"),
                            ("three_days", "Three days before the cut-off"),
                            ("last_day", "The last day"),
                            ("thanks", "Thanks to who has moved"),
                            ("extra", "Extra notice"),
                            ("guide", "The guide, as asked for"),
                        ],
                        max_length=12,
                    ),
                ),
                ("audience", models.JSONField(help_text="as in `MailingPlan`, of those that are counted")),
                ("waiting", models.BooleanField()),
                ("asked_at", models.DateTimeField()),
                ("counted_at", models.DateTimeField(null=True)),
                ("numbers", models.JSONField(help_text="by the reason why not; who is due under an empty one")),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due_counts",
                        to="campaign.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "count of who would be written to",
                "verbose_name_plural": "counts of who would be written to",
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "kind"), name="one_due_count_per_campaign_and_kind")
                ],
            },
        ),
    ]
