import django.db.models.deletion
from django.db import migrations, models

NAME = "one_holdout_per_campaign_and_customer"


class Migration(migrations.Migration):
    """Each change of a holdout writes to all its indexes; two of nine had nothing that another one has not."""

    dependencies = [
        ("campaign", "0024_note_who_logs_in"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="holdout", name=NAME),
        migrations.AddConstraint(
            model_name="holdout",
            constraint=models.UniqueConstraint(fields=["customer", "campaign"], name=NAME),
        ),
        migrations.AlterField(
            model_name="holdout",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="holdouts",
                to="campaign.campaign",
            ),
        ),
        migrations.AlterField(
            model_name="holdout",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="holdouts",
                to="campaign.customer",
            ),
        ),
    ]
