import time

import openid_provider
import pytest
from builders import make_user
from django.urls import reverse

from campaign import roles
from campaign.roles import Role


@pytest.fixture(autouse=True)
def _redis(empty_redis):
    """The tries that are counted, and the codes that were used, are there."""


@pytest.fixture
def asked(settings):
    """Everybody is asked for a second factor, as in production."""
    settings.SECOND_FACTOR = True


@pytest.fixture
def suzuki(db):
    """An operator with a password, and no second factor yet."""
    user = make_user("suzuki")
    user.user_permissions.clear()
    roles.bring_in_line()
    roles.assign(user, Role.OPERATOR)
    return user


@pytest.fixture
def browser_in_english(client):
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture(scope="session")
def started_provider(tmp_path_factory):
    callback = "http://testserver" + reverse("openid_callback")
    provider = openid_provider.start(tmp_path_factory.mktemp("provider"), callback)
    yield provider
    openid_provider.stop(provider)


@pytest.fixture
def provider(started_provider, settings, db):
    """The OpenID provider at work, and named in the settings."""
    openid_provider.known_to(settings, started_provider)
    roles.bring_in_line()
    return started_provider


@pytest.fixture
def at(monkeypatch):
    """`at(seconds)` sets the clock that codes go by so many seconds forward from now."""
    now = time.time()

    def set_clock(seconds: float) -> None:
        monkeypatch.setattr("time.time", lambda: now + seconds)

    set_clock(0)
    return set_clock
