import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0013_remember_who_got_utf8_instead"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="one_notice_per_mailing_and_holdout",
        ),
        migrations.AlterField(
            model_name="notice",
            name="holdout",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="campaign.holdout",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("holdout", "mailing"), name="one_notice_per_mailing_and_holdout"
            ),
        ),
    ]
