import pytest

from campaign.logs.logins import canonical_login


@pytest.mark.parametrize("spelling", ["hanako", "Hanako@ISP.example", "hanako%isp.example", " hanako "])
def test_the_spellings_of_a_login_are_one(spelling):
    assert canonical_login(spelling, "isp.example") == "hanako@isp.example"


@pytest.mark.parametrize(
    ("login", "domain", "canonical"),
    [
        ("Hanako", "", "hanako"),
        ("hanako%other.example", "", "hanako@other.example"),
        ("hanako%dept@isp.example", "isp.example", "hanako%dept@isp.example"),
        ("hanako%", "isp.example", "hanako%@isp.example"),
        ("%isp.example", "isp.example", "%isp.example@isp.example"),
        ("", "isp.example", ""),
        ("hanako", "ISP.example", "hanako@isp.example"),
    ],
)
def test_what_a_login_lacks_comes_from_the_default_domain_only(login, domain, canonical):
    assert canonical_login(login, domain) == canonical


def test_a_canonical_login_stays_as_it_is():
    once = canonical_login("Hanako%ISP.example", "isp.example")
    assert canonical_login(once, "other.example") == once
