"""The sample provider: its history, and with --live its present. `make run` starts it with all it needs."""

import csv
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaign import env, tasks
from campaign.celery import app
from campaign.customers import directory
from campaign.sample import history, live, relay, staff
from campaign.sample.hands import Hands
from campaign.sample.people import Person
from campaign.sample.world import World


class Command(BaseCommand):
    help = (
        "Builds the sample provider's history in DATA, or goes on where it was. Needs Redis at REDIS_URL, and a free "
        "RELAY_PORT for the relay that catches the notices. SAMPLE_CUSTOMERS, SAMPLE_DAYS, SAMPLE_SEED shape a new one."
    )

    def add_arguments(self, parser):
        parser.add_argument("--live", action="store_true", help="go on in real time until Ctrl-C")

    def handle(self, *args, **options):
        if settings.DEFAULT_DOMAIN != "isp.example":
            raise CommandError(f"DEFAULT_DOMAIN={settings.DEFAULT_DOMAIN}: the sample's customers are at isp.example")
        folder = settings.DATA / "sample"
        zone = timezone.get_default_timezone()
        state = history.state_of(
            folder,
            today=timezone.localdate(),
            seed=env.number("SAMPLE_SEED", default=1, at_least=0),
            count=env.number("SAMPLE_CUSTOMERS", default=5000, at_least=50, at_most=100000),
            days=env.number("SAMPLE_DAYS", default=240, at_least=1, at_most=330),
            zone=zone,
        )
        # Wherever it is cut off, the next run goes on: there is nothing to put away, and its processes end with it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        with ExitStack() as until_the_end:
            with Hands() as hands:  # they get ready while the rest is prepared
                world, journal = World(state, zone=zone), relay.Journal(folder)
                approver_id = staff.hire()["approver"]
                self.import_customers(folder / "customers.csv", world)
                serving = until_the_end.enter_context(self.serve(folder))
                past = history.History(folder, world, journal, hands=hands, approver_id=approver_id, say=self.say)
                past.catch_up(now=timezone.now())
            self.count()
            (folder / "ready").touch()
            if options["live"]:
                self.live(past, serving)

    def serve(self, folder: Path) -> relay.Serving:
        try:
            return relay.Serving(folder, port=settings.RELAY_PORT)
        except OSError as error:
            raise CommandError(f"RELAY_PORT={settings.RELAY_PORT}: {error}; wanted a free port") from error

    def import_customers(self, path: Path, world: World) -> None:
        if not path.exists():
            draft = path.with_suffix(".new")
            with open(draft, "w", newline="", encoding="utf-8") as file:
                rows = csv.writer(file)
                rows.writerow(("login", "addresses", "language", "name", "contact_address", "contract"))
                rows.writerows(_row(person) for person in world.persons)
            draft.rename(path)
        directory.import_file(path)
        self.say(f"{len(world.persons):,} customers")

    def count(self) -> None:
        """Whoever opens the pages now finds them full, and need not wait until beat has knocked for the first time.

        What the rounds did and what is foretold is left to the worker, who goes by the hours and days of the present.
        """
        tasks.read_logs()
        for name in ("notices.tasks.count_rounds", "notices.tasks.count_funnels"):
            app.send_task(name)

    def live(self, past: history.History, serving: relay.Serving) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.say("the history is complete; writing in real time")
        present = live.Live(past.world, past.writer, past.journal)
        while not stop.wait(live.TICK):
            present.until(timezone.now())
            if not serving.is_alive:
                raise CommandError("the relay ended by itself")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _row(person: Person) -> tuple[str, ...]:
    return (person.login, " ".join(person.addresses), person.language, person.name, "", person.contract)
