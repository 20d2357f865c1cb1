from datetime import timedelta

import pytest
from builders import TODAY, noon
from django.test import RequestFactory, override_settings

from notices.pages import limit


def request(**meta):
    return RequestFactory().get("/", **meta)


def test_the_count_begins_again_with_the_next_minute(empty_redis, monkeypatch):
    monkeypatch.setattr(limit, "PER_MINUTE", 1)
    assert limit.allowed(request(), now=noon(TODAY))
    assert not limit.allowed(request(), now=noon(TODAY))
    assert limit.allowed(request(), now=noon(TODAY) + timedelta(minutes=1))


def test_no_address_is_kept_and_nothing_is_kept_for_long(empty_redis):
    limit.allowed(request(REMOTE_ADDR="198.51.100.7"), now=noon(TODAY))
    (key,) = empty_redis.keys()
    assert b"198" not in key
    assert 0 < empty_redis.ttl(key) <= 120


@pytest.mark.parametrize(
    ("address", "visitor"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_visitor_is_an_address_or_a_households_network(address, visitor):
    assert limit.visitor(request(REMOTE_ADDR=address)) == visitor


def test_behind_a_proxy_only_what_it_wrote_itself_counts():
    forged = request(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.7")
    assert limit.visitor(forged) == "127.0.0.1"
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        assert limit.visitor(forged) == "198.51.100.7"
