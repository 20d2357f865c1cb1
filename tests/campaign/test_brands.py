"""Each brand has what its part of the file says, and the rest from the settings."""

from pathlib import Path

import pytest
from django.core.checks import run_checks

from campaign import brands
from campaign.tables import WrongFile

FILE = """
[[brand]]
slug = "mihon"
name = { ja = "みほんネット", en = "Mihon Net" }
domains = ["isp.example"]

[[brand]]
slug = "aozora"
name = { ja = "あおぞらネット", en = "Aozora Net" }
domains = ["aozora.example", "mail.aozora.example"]
site = "https://mail.aozora.example"
smtp_host = "smtp.aozora.example"
smtp_port = 587
offers = ["pop"]
login = "local_part"
phone = "0120-111-111"
colour = "#00508c"
logo = "aozora.svg"
"""


@pytest.fixture
def file(settings, tmp_path):
    def write(text: str = FILE, name: str = "brands.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        settings.BRANDS_FILE = str(path)
        return path

    return write


def test_without_a_file_the_settings_are_the_one_brand(settings):
    brand = brands.main_brand()
    assert (brand.slug, brand.smtp_host, brand.smtp_port) == ("main", settings.SMTP_HOST, 465)
    assert brand.name["ja"] == settings.PROVIDER_NAME["ja"]
    assert brand.domains[0] == settings.DEFAULT_DOMAIN
    assert brands.of_domain("aozora.example") is None


def test_a_brand_has_its_own_and_the_rest_from_the_settings(file, settings):
    file()
    aozora = brands.of_domain("Mail.AOZORA.example.")
    assert (aozora.smtp_host, aozora.smtp_port, aozora.login) == ("smtp.aozora.example", 587, "local_part")
    assert aozora.pop_host == settings.POP_HOST
    assert aozora.imap_host == ""
    assert aozora.hours["en"] == settings.SUPPORT_HOURS["en"]
    assert aozora.host == "mail.aozora.example"


def test_a_customer_has_the_brand_of_the_login_and_a_stranger_the_main_one(file):
    file()
    assert brands.of_login("taro@mail.aozora.example").slug == "aozora"
    for login in ("hanako@isp.example", "hanako", "x@elsewhere.example", "", "a@b@aozora.example.evil.example"):
        assert brands.of_login(login).slug == "mihon"


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("mail.aozora.example", "aozora"),
        ("MAIL.aozora.example:8000", "aozora"),
        ("autoconfig.aozora.example", "aozora"),
        ("autodiscover.mail.aozora.example", "aozora"),
        ("127.0.0.1:8000", "mihon"),
        ("aozora.example.evil.example", "mihon"),
        ("", "mihon"),
    ],
)
def test_a_web_host_shows_its_brand(file, host, slug):
    file()
    assert brands.of_host(host).slug == slug


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('slug = "aozora"', 'slug = "Aozora/1"', "brand[2].slug is 'Aozora/1', wanted small letters"),
        ('slug = "aozora"', 'slug = "mihon"', "slug is 'mihon', wanted that of one brand only"),
        ('"aozora.example", ', '"isp.example", ', "domains is 'isp.example', wanted that of one brand only"),
        ('domains = ["isp.example"]', "domains = []", "brand[1].domains is (), wanted domains"),
        ("smtp_port = 587", "smtp_port = 25", "brand[2].smtp_port is 25, wanted a port from 1 to 65535, and not 25"),
        ("smtp_port = 587", "smtp_prot = 587", "brand[2].smtp_prot is not known, wanted one of slug, name"),
        ('"#00508c"', '"#ffd54f"', "brand[2].colour is '#ffd54f', wanted one that white text is legible on"),
        ('"#00508c"', '"blue"', "brand[2].colour is 'blue', wanted a colour as #00508c"),
        ('"aozora.svg"', '"../../etc/passwd"', "brand[2].logo is '../../etc/passwd', wanted the name of an svg"),
        ('"https://mail.aozora.example"', '"javascript:alert(1)"', "brand[2].site is 'javascript:alert(1)'"),
        ('"smtp.aozora.example"', '"smtp aozora"', "brand[2].smtp_host is 'smtp aozora', wanted a host"),
        (
            'phone = "0120-111-111"',
            'notice_from = "support"',
            "brand[2].notice_from is 'support', wanted an address",
        ),
        ('"local_part"', '"login"', "brand[2].login is 'login', wanted one of address, local_part"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_field_and_found_at_start(file, old, new, complaint):
    assert old in FILE
    file(FILE.replace(old, new, 1))
    with pytest.raises(WrongFile) as error:
        brands.brands()
    assert f"brands.toml: {complaint}" in str(error.value)
    assert any(complaint in found.msg for found in run_checks() if found.id == "campaign.E007")


def test_a_file_that_is_not_there_is_named(settings, tmp_path):
    settings.BRANDS_FILE = str(tmp_path / "none.toml")
    with pytest.raises(WrongFile, match=r"none\.toml: No such file"):
        brands.brands()


def test_an_empty_file_is_no_brand(file):
    file("brand = []")
    with pytest.raises(WrongFile, match="wanted at least one"):
        brands.brands()


@pytest.mark.parametrize(("colour", "contrast"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54)])
def test_contrast_is_that_of_the_guidelines(colour, contrast):
    assert brands.contrast_with_white(colour) == pytest.approx(contrast, abs=0.01)


def test_answers_go_to_the_brands_own_sender_where_it_has_one(file, settings):
    settings.NOTICE_REPLY_TO = "desk@isp.example"
    own = 'notice_from = "hello@aozora.example"\nphone ='
    file(FILE.replace("phone =", own, 1))
    assert [brand.reply_to for brand in brands.brands()] == ["desk@isp.example", "hello@aozora.example"]
    file(FILE.replace("phone =", f'reply_to = "answers@aozora.example"\n{own}', 1), "other.toml")
    assert brands.of_login("taro@aozora.example").reply_to == "answers@aozora.example"


def test_a_changed_setting_counts_at_once(file, settings):
    file()
    assert brands.of_login("taro@aozora.example").pop_host == settings.POP_HOST
    settings.POP_HOST = "pop.new.example"
    assert brands.of_login("taro@aozora.example").pop_host == "pop.new.example"


def test_a_site_may_be_written_with_a_slash_at_its_end(file):
    file(FILE.replace('"https://mail.aozora.example"', '"https://mail.aozora.example/"'))
    assert brands.of_login("taro@aozora.example").site == "https://mail.aozora.example"
