from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0025_keep_how_many_went_out_on_past_days")]

    operations = [
        migrations.AddField(
            model_name="unreachedcount",
            name="left",
            field=models.JSONField(help_text="by reason, how many of them still send the old way", null=True),
        ),
        migrations.AddField(
            model_name="unreached",
            name="reason",
            field=models.CharField(db_default="", help_text="as in `notices/deliveries/unreachable.py`", max_length=10),
        ),
    ]
