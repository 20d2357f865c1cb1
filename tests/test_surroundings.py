"""The suite's own promises: real parts, all of them on this machine."""

import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from surroundings import asks_the_database

from campaign.models import Customer


@pytest.mark.parametrize("address", [("192.0.2.1", 25), ("2001:db8::1", 25)])
def test_no_test_reaches_another_host(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as caller, pytest.raises(ConnectionRefusedError, match="this machine"):
        caller.connect(address)


def test_no_test_looks_up_another_host():
    with pytest.raises(ConnectionRefusedError, match=r"smtp\.isp\.example"):
        socket.create_connection(("smtp.isp.example", 25))


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_asked_for(pytestconfig):
    assert connection.vendor == pytestconfig.option.database
    assert Customer.objects.count() == 0


def test_what_asks_no_database_runs_on_one_alone(request):
    assert not asks_the_database(request.node)


@pytest.mark.django_db
def test_what_asks_the_database_runs_on_both(request):
    assert asks_the_database(request.node)


def test_nothing_is_written_into_the_working_tree():
    assert Path(settings.BASE_DIR) not in settings.DATA.parents


def test_redis_answers_for_this_run_alone(empty_redis):
    empty_redis.set("a", 1)
    assert empty_redis.get("a") == b"1"


@pytest.mark.django_db
def test_a_browser_opens_a_page(page, request):
    assert not asks_the_database(request.node)
    answer = page.goto("/no-such-page")
    assert answer.status == 404
