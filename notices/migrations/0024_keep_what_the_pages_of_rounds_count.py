from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0023_name_records_in_both_languages")]

    operations = [
        migrations.AlterField(
            model_name="reportcounts",
            name="counted_at",
            field=models.DateTimeField(help_text="or looked at, and found unchanged"),
        ),
        migrations.AddField(
            model_name="reportcounts",
            name="changed",
            field=models.BooleanField(db_default=True, default=True, help_text="a fate was written since"),
        ),
        migrations.AddField(
            model_name="reportcounts",
            name="languages",
            field=models.JSONField(help_text="notices by language", null=True),
        ),
        migrations.AddField(
            model_name="reportcounts",
            name="waiting",
            field=models.JSONField(help_text="pairs: a day they were planned for, and how many wait", null=True),
        ),
        migrations.AddField(
            model_name="reportcounts",
            name="causes",
            field=models.JSONField(help_text="what went wrong: the values of each `Cause`", null=True),
        ),
        migrations.AddField(
            model_name="reportcounts",
            name="first_notice",
            field=models.BigIntegerField(help_text="the lowest of their keys", null=True),
        ),
    ]
