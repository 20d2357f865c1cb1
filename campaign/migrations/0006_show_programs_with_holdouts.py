from django.db import migrations, models

FILL = """
UPDATE campaign_holdout AS holdout
SET client_program = customer.client_program
FROM campaign_customer AS customer
WHERE customer.id = holdout.customer_id AND holdout.client_program <> customer.client_program
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0005_say_how_far_files_were_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="holdout",
            name="client_program",
            field=models.CharField(blank=True, default="", help_text="the customer's", max_length=64),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="holdout", name="holdouts_by_reason"),
        migrations.AddIndex(
            model_name="holdout",
            index=models.Index(fields=["campaign", "standing", "reason", "client_program"], name="holdouts_by_reason"),
        ),
    ]
