from django.db import migrations, models


def empty_examples(apps, schema_editor):
    """Until now they were the line itself, with no day by which they could go.

    A file's lines without a stamp count as old as what is known of the file: its first line, or when it was read.
    """
    ProgramLines, LogFile = apps.get_model("campaign", "ProgramLines"), apps.get_model("campaign", "LogFile")
    ProgramLines.objects.exclude(example="").update(example="")
    for log in LogFile.objects.order_by("pk").iterator(chunk_size=100):
        for counts in log.state.get("programs", {}).values():
            counts[2:] = ["", 0]
        log.state.setdefault("begun", min(filter(None, (log.first_at, log.read_at))).date().isoformat())
        log.save(update_fields=["state"])


class Migration(migrations.Migration):
    """Examples of lines go with the retention, also of files that still grow; those kept before go now."""

    dependencies = [
        ("campaign", "0031_find_changes_of_very_many_by_the_customer"),
    ]

    operations = [
        migrations.AddField(
            model_name="programlines",
            name="example_day",
            field=models.DateField(help_text="the day of the line that the example shows the shape of", null=True),
        ),
        migrations.RunPython(empty_examples, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="programlines",
            constraint=models.CheckConstraint(
                condition=models.Q(("example", ""), ("example_day__isnull", False), _connector="OR"),
                name="no_example_without_a_day",
            ),
        ),
    ]
