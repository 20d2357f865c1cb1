"""What must stand before Django's settings are read, as a plugin that pyproject.toml names.

The tests get a DATA folder and a database of their own, whatever the environment says, and
nothing they start from this process reaches another host.
"""

import os
import shutil
import sys
import tempfile
from ipaddress import ip_address
from pathlib import Path

import postgresql
import pytest

CI = os.environ.get("CI", "").lower() in {"1", "true"}
_XDIST_WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # lives in what the first process has set up
_missing = ""


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the suite runs on; postgresql starts a private cluster",
    )
    parser.addoption(
        "--only-asking-it",
        action="store_true",
        help="only tests that ask the database: what another one may answer in another way",
    )


@pytest.hookimpl(wrapper=True)  # before pytest-django, which imports the settings in this hook
def pytest_load_initial_conftests(early_config):
    sys.addaudithook(_refuse_other_hosts)
    if _XDIST_WORKER:
        _own_data(Path(os.environ["DATA"]) / _XDIST_WORKER)
    else:
        _set_up(early_config.known_args_namespace.database, early_config.add_cleanup)
    return (yield)


def _set_up(database: str, add_cleanup) -> None:
    global _missing
    data = Path(tempfile.mkdtemp(prefix="campaign-"))
    add_cleanup(lambda: shutil.rmtree(data, ignore_errors=True))
    _own_data(data)
    os.environ.pop("DATABASE_URL", None)
    if database == "postgresql":
        try:
            cluster = postgresql.Cluster(data / "postgresql")
        except postgresql.NotInstalled as error:
            _missing = str(error)
            return
        cluster.start()
        add_cleanup(cluster.stop)
        os.environ["DATABASE_URL"] = cluster.url


def _own_data(data: Path) -> None:
    (data / "static").mkdir(parents=True)  # WhiteNoise warns of a missing one
    os.environ["DATA"] = str(data)


def pytest_report_header(config):
    return f"database: {config.option.database}, DATA: {os.environ['DATA']}"


def pytest_collection_modifyitems(config, items):
    if config.option.only_asking_it:
        chosen = [item for item in items if asks_the_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def asks_the_database(item: pytest.Item) -> bool:
    """A browser shows what a page's own test has seen already; the journey of a whole provider is more than pages."""
    given = set(item.fixturenames)
    if "browser" in given and "provider" not in given:
        return False
    return bool(item.get_closest_marker("django_db") or given & {"db", "transactional_db", "live_server", "make_world"})


def pytest_sessionstart(session):
    if _missing:
        pytest.exit(_missing, returncode=1 if CI else 0)


def _refuse_other_hosts(event: str, arguments: tuple) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _here(address[0]):
            raise ConnectionRefusedError(f"a test wanted to reach {address[0]}: tests stay on this machine")
    elif event == "socket.getaddrinfo" and not _here(arguments[0]):
        raise ConnectionRefusedError(f"a test wanted to look up {arguments[0]}: tests stay on this machine")


def _here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
