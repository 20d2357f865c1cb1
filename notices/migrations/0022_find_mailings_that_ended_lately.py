from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0021_keep_whom_no_mail_reaches")]

    operations = [
        migrations.AddIndex(
            model_name="mailing",
            index=models.Index(fields=["ended_at"], name="mailings_by_end", condition=models.Q(ended_at__isnull=False)),
        ),
    ]
