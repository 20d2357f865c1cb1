from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0024_keep_what_the_pages_of_rounds_count")]

    operations = [
        migrations.AddField(
            model_name="sendingday",
            name="accepted",
            field=models.PositiveIntegerField(
                help_text="notices that the relay took, counted when the day is over; null: not yet", null=True
            ),
        ),
    ]
