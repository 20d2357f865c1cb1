"""The peers of `round.py`: `python peers.py NAME MAILS COUNT` fills a peer's queue and empties it by its own command.

"django-mailer" and "django-post-office" get ready-made mails; with "templates", post-office gets a template and the
values of each mail, which it fills in when it sends (`render_on_delivery`); with "two" it runs two processes.

Also their settings: the product's database server and sink. Nothing is written of a mail that went well where that
can be chosen; all else is as each peer comes.
"""

import json
import os
import pickle
import sys
import time
from email import message_from_bytes
from email.policy import default
from functools import cache
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from campaign import env

SECRET_KEY = "bench"
INSTALLED_APPS = ["django.contrib.contenttypes", "post_office", "mailer"]
DATABASES = {"default": env.database("DATABASE_URL", default="")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOGGING_CONFIG = None
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["RELAY_PORT"])
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"autoescape": False}}]
POST_OFFICE = {"BACKENDS": {"default": EMAIL_BACKEND}}
MAILER_EMAIL_BACKEND = EMAIL_BACKEND
MAILER_LOCK_PATH = f"{os.environ['DATA']}/mailer"
CHUNK = 1000


def mails(file: Path, count: int):
    """As Django's own messages, with the headers and the text that the product made, and what that was made of."""
    from django.core.mail import EmailMessage

    with file.open("rb") as kept:
        for _ in range(count):
            sender, recipient, content, personal = pickle.load(kept)
            found = message_from_bytes(content, policy=default)
            headers = {name: str(found[name]) for name in found if name not in OWN} | {"From": str(found["From"])}
            mail = EmailMessage(str(found["Subject"]), found.get_content(), sender, [recipient], headers=headers)
            yield mail, personal


OWN = ("Subject", "From", "To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


def fill_post_office(file: Path, count: int, *, templates: bool) -> None:
    from post_office.models import PRIORITY, STATUS, Email

    found = mails(file, count)
    while some := list(islice(found, CHUNK)):
        Email.objects.bulk_create(
            Email(
                from_email=one.from_email, to=one.to, headers=one.extra_headers, status=STATUS.queued,
                priority=PRIORITY.medium, backend_alias="default", **(filled_in(*personal) if templates else made(one)),
            )
            for one, personal in some
        )  # fmt: skip
    if templates:
        compare(Email.objects.earliest("pk"), next(mails(file, 1))[0])


def made(one) -> dict[str, object]:
    return {"subject": one.subject, "message": one.body}


def filled_in(subject: str, body: str, values: dict[str, object]) -> dict[str, object]:
    """The product's own text, whose forms are those of Django's templates, too."""
    return {"template": template(subject, body), "context": values}


@cache
def template(subject: str, body: str):
    from post_office.models import EmailTemplate

    EmailTemplate.objects.all().delete()
    return EmailTemplate.objects.create(name="round", subject=subject, content=body)


def compare(queued, ready) -> None:
    """The template gives the words of the ready-made mail, also of one for an old program, or the bench is none."""
    from notices.encoding import respelled

    rendered = queued.prepare_email_message()
    words = [respelled(one.subject + "".join(one.body.split())) for one in (rendered, ready)]
    if words[0] != words[1]:
        sys.exit("post-office's template does not give the words of the product's mail")


def fill_mailer(file: Path, count: int) -> None:
    from mailer.models import Message

    found = mails(file, count)
    while some := list(islice(found, CHUNK)):
        rows = []
        for one, _personal in some:
            row = Message()
            row.email = one
            rows.append(row)
        Message.objects.bulk_create(rows)


def sent_by(name: str) -> int:
    """How many mails the peer says it has sent; its tables are empty again."""
    from mailer.models import Message, MessageLog
    from post_office.models import STATUS, Email

    if name == "django-mailer":
        done = MessageLog.objects.filter(result="1").count()
        MessageLog.objects.all().delete()
        return done - Message.objects.count()
    done = Email.objects.filter(status=STATUS.sent).count()
    Email.objects.all().delete()
    return done


def main() -> None:
    name, file, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    if name == "django-mailer":
        fill_mailer(file, count)
    else:
        fill_post_office(file, count, templates="templates" in name)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    connection.close()
    began, before = time.monotonic(), sum(os.times()[:4])  # with the processes that it starts itself
    if name == "django-mailer":
        call_command("send_mail")
    else:
        call_command("send_queued_mail", processes=2 if name.endswith("two") else 1, log_level=0)
    seconds = time.monotonic() - began
    used = sum(os.times()[:4]) - before
    sent = sent_by(name)
    if sent != count:
        sys.exit(f"{name} sent {sent} of {count} mails")
    print(json.dumps({"rate": count / seconds, "cpu": used / count}))


if __name__ == "__main__":
    main()
