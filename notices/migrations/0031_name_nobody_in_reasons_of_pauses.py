import re

from django.db import migrations

ADDRESS = re.compile(r"""(?:"[^"@]*"|[^\s<>\[\]()=,:;"']+)@[^\s<>()=,;"']+""")


def blank_out(apps, schema_editor):
    Mailing = apps.get_model("notices", "Mailing")
    for mailing in Mailing.objects.filter(pause_reason__contains="@").only("pause_reason").order_by("pk"):
        mailing.pause_reason = ADDRESS.sub("…@…", mailing.pause_reason)
        mailing.save(update_fields=["pause_reason"])


class Migration(migrations.Migration):
    """The relay's words named the customer of whom it had said them; all staff may read why a mailing paused."""

    dependencies = [
        ("notices", "0030_compare_byte_by_byte"),
    ]

    operations = [migrations.RunPython(blank_out, migrations.RunPython.noop)]
