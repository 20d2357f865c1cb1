"""A notice bears the brand of its customer's mailbox: sender, words, values, links; what machines read stays one."""

import email
import email.policy

import pytest
from brands import two_brands
from builders import make_customer
from rounds import at, composed, plan

from campaign.models import Customer
from notices import cases, links
from notices.compose import values_for
from notices.models import Notice

pytestmark = pytest.mark.django_db
NOW = at(10)
OWN = {
    "aozora": ("Aozora Net", "あおぞらネット", "0120-111-111", "smtp.aozora.example", "www.aozora.example"),
    "mihon": ("Mihon Net", "みほんネット", "0120-000-000", "smtp.isp.example", "www.isp.example"),
}


@pytest.fixture
def notices(settings, tmp_path) -> dict[str, Notice]:
    two_brands(settings, tmp_path)
    settings.PUBLIC_URL = "https://mail.isp.example"
    who = {"client_program": "thunderbird", "language": "en"}
    plan(customers=[make_customer(login, **who) for login in ("hanako@isp.example", "taro@aozora.example")])
    at_domain = {"aozora": "@aozora.example", "mihon": "@isp.example"}
    return {slug: Notice.objects.get(holdout__customer__login__endswith=domain) for slug, domain in at_domain.items()}


def message_for(notice: Notice) -> email.message.EmailMessage:
    return email.message_from_bytes(composed(notice, now=NOW).content, policy=email.policy.default)


def values_of(notice: Notice) -> dict[str, object]:
    return values_for(cases.of_notice(notice), notice.mailing.campaign)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("slug", "other"), [("aozora", "mihon"), ("mihon", "aozora")])
def test_a_mail_speaks_of_the_customers_brand_and_of_no_other(notices, slug, other, language, settings):
    settings.NOTICE_HTML = True
    notice = notices[slug]
    Customer.objects.update(language=language)
    message = message_for(notice)
    parts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    for text in (*parts, str(message["Subject"]), str(message["From"])):
        assert not [word for word in OWN[other] if word in text]
    name, japanese, *values = OWN[slug]
    said = {"en": name, "ja": japanese}[language]
    for text in (str(message["Subject"]), str(message["From"]), *parts):
        assert said in text
    for text in parts:
        assert [value for value in values[:2] if value not in text] == []


def test_sender_answers_and_links_are_the_brands(notices):
    message = message_for(notices["aozora"])
    assert message["From"].addresses[0].addr_spec == "mail-support@aozora.example"
    assert message["Reply-To"] == "mail-support@aozora.example"
    assert message["List-Unsubscribe"].startswith("<https://mail.aozora.example/en/mute/")
    values = values_of(notices["aozora"])
    assert values["link"].startswith("https://mail.aozora.example/en/p/")
    assert (values["home"], values["hours"]) == ("https://www.aozora.example/", "Daily, 10:00 to 20:00")
    assert (values["smtp_host"], values["smtp_port"]) == ("smtp.aozora.example", "587")
    main = message_for(notices["mihon"])
    assert main["From"].addresses[0].addr_spec == "mail-support@isp.example"
    assert main["List-Unsubscribe"].startswith("<https://mail.isp.example/en/mute/")


def test_a_brand_without_a_sender_of_its_own_has_the_providers(notices, settings, tmp_path):
    from brands import FILE

    settings.NOTICE_REPLY_TO = "desk@isp.example"
    (tmp_path / "other.toml").write_text(FILE.replace('notice_from = "mail-support@aozora.example"\n', ""))
    settings.BRANDS_FILE = str(tmp_path / "other.toml")
    message = message_for(notices["aozora"])
    assert "mail-support@isp.example" in message["From"] and "Aozora Net" in message["From"]
    assert message["Reply-To"] == "desk@isp.example"


def test_what_servers_read_stays_on_the_one_domain(notices):
    for notice in notices.values():
        letter, message = composed(notice, now=NOW), message_for(notice)
        assert message["List-Id"] == "<reminder.pop-before-smtp.isp.example>"
        assert message["Message-ID"].endswith("@isp.example>")
        assert letter.envelope_sender.endswith("@isp.example")
        assert links.number_of_bounce(letter.envelope_sender) == notice.number


def test_steps_are_told_with_each_brands_values_one_after_the_other(notices):
    for slug in ("aozora", "mihon", "aozora"):
        steps = values_of(notices[slug])["steps"]
        assert OWN[slug][3] in steps
        assert OWN[{"aozora": "mihon", "mihon": "aozora"}[slug]][3] not in steps
