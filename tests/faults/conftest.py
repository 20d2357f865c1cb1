"""Seeds, and worlds that may be killed."""

import os
from contextlib import ExitStack
from itertools import count

import pytest
from django.conf import settings
from django.core.management import call_command
from faults.world import World

_serial = count(1)


@pytest.fixture(scope="session")
def seed() -> int:
    """Of what is killed, and where: the same each time, and with `FAULTS_SEED=N` something else."""
    return int(os.environ.get("FAULTS_SEED") or 20261201)


@pytest.fixture(scope="module")
def make_world(pytestconfig, django_db_blocker):
    """`make_world(per_second=400, workers=2)`: nothing runs yet but the database; models speak to it."""
    with ExitStack() as ends:

        def make(**given) -> World:
            world = World(settings.DATA / f"world{next(_serial)}", pytestconfig.option.database, **given)
            ends.callback(world.end)
            if world.cluster:
                world.cluster.start()
                world.cluster.create("campaign")
            ends.enter_context(world.orm(django_db_blocker))
            call_command("migrate", verbosity=0)
            return world

        yield make
