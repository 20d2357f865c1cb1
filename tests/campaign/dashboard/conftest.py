import pytest
from builders import TODAY, make_user, noon
from desk import make_world
from django.utils import translation


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The pages look at the clock; for them it is noon of the builders' day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(TODAY))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def staff(client, db):
    """A browser in which somebody who may see customers, and change nothing, is logged in; it speaks English."""
    client.force_login(make_user("suzuki", "campaign.view_customer"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def as_user(client, db):
    """A browser that speaks English, and who is logged in there: who may see customers, and has these permissions."""

    def log_in(*permissions: str):
        user = make_user("tanaka", "campaign.view_customer", *permissions)
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client, user

    return log_in
