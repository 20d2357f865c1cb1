import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0011_fill_slots"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="notice",
            name="notices_by_acceptance",
        ),
        migrations.AlterField(
            model_name="notice",
            name="mailing",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="notices.mailing",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="message_id",
            field=models.CharField(help_text="without the angle brackets", max_length=120),
        ),
        migrations.AlterField(
            model_name="notice",
            name="number",
            field=models.CharField(help_text="announcement number, nine digits", max_length=9),
        ),
        migrations.AlterField(
            model_name="notice",
            name="token_digest",
            field=models.CharField(help_text="SHA-256 of the personal link's token", max_length=64),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("accepted_at__isnull", False)), fields=["accepted_at"], name="notices_by_acceptance"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("number",), name="one_notice_per_number"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("message_id",), name="one_notice_per_message_id"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("token_digest",), name="one_notice_per_token"),
        ),
    ]
