from datetime import timedelta
from ipaddress import ip_network

import pytest
from builders import TODAY, noon
from django.test import RequestFactory, override_settings

from notices.pages import limit


def request(**meta):
    return RequestFactory().get("/", **meta)


def test_the_count_begins_again_with_the_next_minute(empty_redis, monkeypatch):
    monkeypatch.setattr(limit, "SECRETS", limit.Rate("pages", each=1))
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


@pytest.mark.parametrize(
    ("sent_by", "forwarded", "visitor"),
    [
        ("127.0.0.1", "203.0.113.1, 198.51.100.7", "198.51.100.7"),  # the first is the visitor's own invention
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.1, 198.51.100.7, 10.0.5.9", "198.51.100.7"),  # a second proxy of ours
        ("127.0.0.1", "10.0.5.9", "10.0.5.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("198.51.100.9", "203.0.113.1", "198.51.100.9"),  # came past the proxy
    ],
)
def test_only_what_our_own_proxies_wrote_counts(settings, sent_by, forwarded, visitor):
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1"), ip_network("::1"), ip_network("10.0.5.0/24"))
    assert limit.visitor(request(REMOTE_ADDR=sent_by, HTTP_X_FORWARDED_FOR=forwarded)) == visitor


def test_without_proxies_of_our_own_the_header_counts_for_nothing():
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        forged = request(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.1")
        assert limit.visitor(forged) == "127.0.0.1"


def test_all_together_have_a_bound_that_one_address_cannot_use_up(empty_redis):
    rate = limit.Rate("check", each=2, together=3)
    answers = [
        [limit.allowed(request(REMOTE_ADDR=f"198.51.100.{host}"), now=noon(TODAY), rate=rate) for _ in range(4)]
        for host in (1, 2)
    ]
    assert answers == [[True, True, False, False], [True, False, False, False]]
    assert limit.allowed(request(REMOTE_ADDR="198.51.100.1"), now=noon(TODAY))  # other pages count for themselves
