from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0027_keep_who_would_be_due"),
    ]

    operations = [
        migrations.AddField(
            model_name="reportcounts",
            name="last_notice",
            field=models.BigIntegerField(help_text="the highest of their keys", null=True),
        ),
    ]
