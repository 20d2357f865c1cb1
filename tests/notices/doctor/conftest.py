from collections.abc import Iterator

import pytest
from django.utils import translation
from nameserver import Zone, serving

from notices.doctor.names import Names


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def zone(monkeypatch) -> Iterator[Zone]:
    monkeypatch.setattr("notices.doctor.names.SECONDS", 60.0)  # on this machine, however busy it is
    with serving(Zone()) as zone:
        yield zone


@pytest.fixture
def names(zone) -> Names:
    return Names(zone.address)
