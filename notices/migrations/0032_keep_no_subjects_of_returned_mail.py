from django.db import migrations


def empty(apps, schema_editor):
    ReturnedMail = apps.get_model("notices", "ReturnedMail")
    ReturnedMail.objects.filter(kind__in=("reply", "other", "foreign")).exclude(text="").update(text="")


class Migration(migrations.Migration):
    """An answer's subject is what the customer wrote, and a foreign message's address is somebody else's."""

    dependencies = [
        ("notices", "0031_name_nobody_in_reasons_of_pauses"),
    ]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
