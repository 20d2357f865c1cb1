"""The envelope sender of a notice: one for each, found again by its number, and not to be made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices import links
from notices.models import Notice

NOTICE = Notice(number="482913057")


def test_an_envelope_sender_names_its_notice():
    address = links.envelope_sender(NOTICE)
    assert address.startswith("notice+482913057-") and address.endswith("@isp.example")
    assert len(address.partition("@")[0]) <= 64  # RFC 5321
    assert links.number_of_bounce(address) == "482913057"


@pytest.mark.parametrize("change", [str.upper, str.title, "<{}>".format, " {} ".format])
def test_case_and_brackets_do_not_matter(change):
    assert links.number_of_bounce(change(links.envelope_sender(NOTICE))) == "482913057"


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("482913057", "482913058"),
        lambda address: address.replace("notice+", "other+"),
        lambda address: address.replace("notice+", ""),
        lambda address: address.replace("isp.example", "evil.example"),
        lambda address: address.replace("@", "x@"),
        lambda address: address.replace("482913057", "４８２９１３０５７"),
        lambda address: address.partition("-")[0] + "@isp.example",
        lambda address: "x" + address,
        lambda address: address + "\n",
        lambda address: "",
    ],
)
def test_any_other_address_names_nobody(change):
    assert links.number_of_bounce(change(links.envelope_sender(NOTICE))) is None


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26))
def test_nobody_makes_one_up(key):
    assert links.number_of_bounce(f"notice+482913057-{key}@isp.example") is None


def test_the_key_hangs_on_the_secret_and_is_none_of_the_other_keys(settings):
    address = links.envelope_sender(NOTICE)
    key = address.partition("-")[2].partition("@")[0]
    NOTICE.language = "ja"
    assert key not in links.stop_url(NOTICE)
    settings.SECRET_KEY = "another"
    assert links.number_of_bounce(address) is None
