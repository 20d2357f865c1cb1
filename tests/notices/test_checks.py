from datetime import timedelta

import pytest
from authority import Authority
from brands import FILE

from notices import texts
from notices.checks import LONGEST_NAME, check_guides, check_notices, check_signing
from notices.guides import catalog
from notices.guides.schema import WrongFile
from notices.layout_checks import LONGEST_SUBJECT
from notices.lines import width
from notices.models import Mailing
from notices.placeholders import examples


def found() -> list[str]:
    return [finding.id for finding in check_notices(None)]


def test_the_settings_as_they_come_are_fine():
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("NOTICE_LEASE", timedelta(minutes=5), "notices.E001"),
        ("RELAY_TIMEOUT_SECONDS", 600, "notices.E001"),
        ("RELAY_STARTTLS", True, "notices.E005"),
        ("NOTICE_FROM", "support", "notices.E002"),
        ("NOTICE_REPLY_TO", "a@isp.example\nBcc: x@y.example", "notices.E002"),
        ("NOTICE_DOMAIN", "", "notices.E003"),
        ("PROVIDER_NAME", {"ja": "とても長い名前の接続会社", "en": "x"}, "notices.W001"),
        ("PROVIDER_NAME", {"ja": "みほん", "en": "A Rather Long Provider"}, "notices.W001"),
    ],
)
def test_settings_that_do_not_fit_together_are_found(settings, name, value, finding):
    settings.RELAY_TLS = name == "RELAY_STARTTLS"
    setattr(settings, name, value)
    assert found() == [finding]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", Mailing.Kind.values)
def test_a_name_that_is_not_too_long_fits_into_every_subject_of_ours(kind, language):
    widest = {"ja": ("12月31日", "12月30日"), "en": ("September 30", "September 29")}[language]
    values = examples(language) | {"provider": "x" * LONGEST_NAME[language]}
    values |= dict(zip(("cutoff_day", "until_day"), widest, strict=True))
    assert width(texts.fill(texts.ours(kind, language), values).subject) <= LONGEST_SUBJECT


def test_a_guide_with_a_mistake_is_found_at_start(monkeypatch):
    def broken():
        raise WrongFile("iphone.toml: steps[0].ja is missing, wanted a sentence")

    monkeypatch.setattr(catalog, "clients", broken)
    (finding,) = check_guides(None)
    assert "iphone.toml" in finding.msg and finding.id == "notices.E004"


def test_each_brands_name_is_held_against_the_subject_line(settings, tmp_path):
    text = FILE.replace("Aozora Net", "A Rather Long Name of a Brand")
    (tmp_path / "brands.toml").write_text(text, encoding="utf-8")
    settings.BRANDS_FILE = str(tmp_path / "brands.toml")
    (warning,) = check_notices(None)
    assert warning.id == "notices.W001" and "brand aozora" in warning.msg
    settings.BRANDS_FILE = str(tmp_path / "none.toml")
    assert check_notices(None) == []  # that is told by campaign.E007


def test_profiles_need_no_certificate_and_take_one_with_its_key(settings, tmp_path):
    assert check_signing(None) == []
    settings.PROFILE_CERTIFICATE = settings.PROFILE_KEY = Authority(tmp_path).issue("guide.isp.example")
    assert check_signing(None) == []


def test_a_certificate_without_its_key_is_found_at_start(settings, tmp_path):
    authority = Authority(tmp_path)
    settings.PROFILE_CERTIFICATE = authority.issue("guide.isp.example")
    (finding,) = check_signing(None)
    assert finding.id == "notices.E006" and "one of certificate and key is missing" in finding.msg
    settings.PROFILE_KEY = authority.issue("other.isp.example")
    (finding,) = check_signing(None)
    assert finding.id == "notices.E006" and "other.isp.example" in finding.msg
