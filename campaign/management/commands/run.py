"""Starts the whole product with its sample provider on this machine, and ends it as a whole."""

import os
import signal
import socket
from datetime import datetime

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign import env
from campaign.roles import Role
from campaign.sample import beside, machine, staff
from campaign.sample.processes import Ended, Family

FIRST = "The pages are up; the sample's history fills them during the next minutes."
AGAIN = "The pages are up, with the history of the last run; what would have happened since then is being added."


class Command(BaseCommand):
    help = "Starts Redis, web, worker, beat and the sample provider; Ctrl-C ends them all. PORT and DATA say where."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        port = env.number("PORT", default=8000, at_least=1, at_most=65535)
        try:
            here = machine.place(settings.DATA, port)
            machine.redis_server()
        except machine.NotPossible as error:
            raise CommandError(str(error)) from error
        environment = machine.environment(here, os.environ)
        family = Family(environment, self.say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, family.ask_to_end)
        beside.write(here.data, environment, inherited=os.environ)
        try:
            self.start(here, family)
        except Ended as error:
            self.say(f"{error}; everything ends")
            raise CommandError(str(error)) from error
        finally:
            family.end()
            beside.remove(here.data)
            machine.leave(here)
            self.say("Everything has ended.")

    def start(self, here: machine.Place, family: Family) -> None:
        self.say(f"Starting in {here.data}; Ctrl-C ends everything")
        family.start("redis", *machine.redis(here))
        if not family.wait(lambda: _answers(here)):
            return
        family.run("migrate", *machine.manage("migrate", "--verbosity", "0"))
        family.start("web", *machine.web(here))
        family.start("sample", *machine.manage("simulate", "--live"), **machine.OF_THE_SAMPLE)
        if not family.wait(lambda: _listens(here.port)):
            return
        self.welcome(here, AGAIN if here.again else FIRST)
        # The worker and beat come when the past is over: they live by the real clock.
        if not family.wait(here.ready.exists):
            return
        worker = machine.celery("worker", "--concurrency", "2", "--without-gossip", "--without-mingle")
        family.start("worker", *worker, **machine.AS_ROOT)
        family.start("beat", *machine.celery("beat", "--pidfile="))
        self.welcome(here, "The history is complete; from here on the sample lives in real time.")
        family.wait(lambda: False)

    def welcome(self, here: machine.Place, news: str) -> None:
        kept = len(list(here.mail.glob("*")))
        names = ", ".join(f"{name} / {staff.password_of(name)}" for name in map(str, Role))
        self.say(
            f"\n{news}\n"
            f"  Staff     {here.url}/staff/   ({names})\n"
            f"  Customers {here.url}/ja/ and {here.url}/en/\n"
            f"  Mail that was sent{f' (the newest {kept})' if kept else ''}: {here.mail}\n"
            f"  To see a round go out: log in as approver, approve this month's reminder.\n"
        )

    def say(self, text: str) -> None:
        prefix = "" if "|" in text[:12] or text.startswith("\n") else f"{datetime.now():%H:%M:%S} "
        self.stdout.write(prefix + text)
        self.stdout.flush()


def _answers(here: machine.Place) -> bool:
    try:
        return bool(redis.Redis(unix_socket_path=str(here.redis_socket)).ping())
    except redis.RedisError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
