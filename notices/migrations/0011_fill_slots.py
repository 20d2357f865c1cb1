"""Notices planned so far keep the day they wait for; what was put off meanwhile is off by hours."""

from django.db import migrations
from django.db.models.functions import TruncDate
from django.utils import timezone

CHUNK = 50_000


def fill(apps, schema_editor):
    notices = apps.get_model("notices", "Notice").objects.using(schema_editor.connection.alias)
    planned = notices.filter(slot_on=None).exclude(state="refused", attempts=0)
    last = 0
    while pks := list(planned.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = pks[-1]
        day = TruncDate("send_after", tzinfo=timezone.get_default_timezone())
        notices.filter(pk__gte=pks[0], pk__lte=last, slot_on=None).exclude(state="refused", attempts=0).update(
            slot_on=day
        )


class Migration(migrations.Migration):
    dependencies = [("notices", "0010_keep_slots_and_measured_lift")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
