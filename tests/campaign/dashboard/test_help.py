"""Every page explains itself, and every word that staff read in the numbers is explained once."""

import pytest
from builders import TODAY, make_user, noon
from desk import make_mailing, make_notice, make_relay, make_shadow, make_world
from django.urls import reverse
from django.utils import translation

from campaign import roles
from campaign.dashboard.help.page import TITLES
from campaign.dashboard.help.pages import PAGES
from campaign.dashboard.help.terms import BY_NAME, GROUPS
from campaign.dashboard.signin import urls as signin
from campaign.dashboard.urls import urlpatterns
from campaign.models import CallBack, Holdout, Reason, Standing
from campaign.roles import Role

# Files, steps that end on another page, parts of a page, and the copy of the customer's own page.
NO_PAGE = {
    "look",
    *("customers_file", "unreachable_file", "unreachable_letters", "letter", "audit_file"),
    *("forecast_file", "benefit_file", "board"),
    *("view_save", "view_delete", "bulk_undo", "customer_act", "call_back_done", "delay_end", "suppression"),
    *("text_copy", "text_act", "mailing_pulse", "mailing_preview_html", "text_preview_html", "customer_seen"),
}
# The way in says itself what it wants; one's own second factor has its help.
LOGIN = {pattern.name for pattern in signin.urlpatterns} - set(PAGES)
# Reached by a form, or after the password was asked for once more.
OWN = {name for name in PAGES if name.startswith("mfa_") and name != "mfa_index"}
STEPS = {"bulk", "account_change_password", *OWN}
# The words of the product that staff meet on their pages.
VOCABULARY = [
    "customer",
    "campaign",
    "source",
    "submission",
    "old-way",
    "smtp-auth",
    "confidence",
    "evidence",
    "unexplained-relay",
    "holdout",
    "standing",
    "quiet-days",
    "relapsed",
    "reason",
    "mailing",
    "notice",
    "fate",
    "outcome-unknown",
    "announcement-number",
    "contact",
    "wave",
    "lift",
    "band",
    "exemption",
    "cut-off",
    "trial",
    "gap",
    "hold",
    "daily-cap",
    "tag",
    "unreachable",
    "needed",
    "share",
    "open-minutes",
    "contact-rate",
    "left",
]


def test_every_address_is_a_page_with_a_help_or_no_page():
    names = {pattern.name for pattern in urlpatterns}
    assert names - LOGIN == set(PAGES) | NO_PAGE
    assert not set(PAGES) & NO_PAGE


def test_every_word_of_the_vocabulary_is_explained():
    wanted = {*VOCABULARY, *(f"standing-{each}" for each in Standing), *(f"reason-{each}" for each in Reason)}
    assert set(BY_NAME) == wanted
    assert sum(len(group.terms) for group in GROUPS) == len(BY_NAME)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_two_words_have_one_title_and_no_explanation_repeats_its_word(language):
    with translation.override(language):
        titles = [term.title() for term in BY_NAME.values()]
        assert len(set(titles)) == len(titles)
        assert all(len(term.words()) > len(term.title()) for term in BY_NAME.values())


def test_pages_name_only_words_that_are_there():
    for page in PAGES.values():
        assert page.purpose and page.then
        assert [term.name for term in page.terms] == list(page.names)


@pytest.fixture
def signed_in(client, db):
    def as_role(role: Role):
        user = make_user(f"one-{role}")
        roles.assign(user, role)
        user.user_permissions.clear()
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return as_role


def test_the_help_has_all_words_and_the_pages_that_one_may_open(signed_in):
    for role in (Role.VIEWER, Role.ADMINISTRATOR):
        text = signed_in(role).get(reverse("help")).content.decode()
        assert all(f'id="term-{name}"' in text for name in BY_NAME)
        assert f'href="{reverse("progress")}"' in text
        assert (f'<dt><a href="{reverse("audit")}">' in text) == (role == Role.ADMINISTRATOR)


def test_each_page_shows_its_own_help(signed_in, tmp_path, settings):
    settings.DATA = settings.SEGMENTS = tmp_path
    campaign = make_world()
    holdout = Holdout.objects.order_by("pk").first()
    planned = make_mailing(campaign, period="2026-12", state="planned")
    make_notice(planned, state="waiting")
    make_relay("192.0.2.1", TODAY, 30)
    phone = {"phone": "0312345678", "day": TODAY, "part": "any", "asked_at": noon(TODAY)}
    CallBack.objects.create(customer=holdout.customer, **phone)
    given = {"campaign": "pop_before_smtp", "kind": "reminder", "language": "ja", "number": 0, "act": "cancel"}
    given |= {"first": "192.0.2.0", "bits": 24, "day": TODAY.isoformat()}
    pks = {"shadow": make_shadow(campaign).pk, "customer": holdout.customer_id, "mailing": planned.pk}
    pks |= dict.fromkeys(("proof", "script"), holdout.customer_id)
    pks |= dict.fromkeys(("mailing_act", "mailing_preview"), planned.pk)
    client = signed_in(Role.ADMINISTRATOR)
    for pattern in urlpatterns:
        if pattern.name not in PAGES or pattern.name in STEPS:
            continue
        values = given | {"pk": pks.get(pattern.name)}
        url = reverse(pattern.name, kwargs={name: values[name] for name in pattern.pattern.converters})
        text = client.get(url).content.decode()
        with translation.override("en"):
            assert str(PAGES[pattern.name].purpose) in text.replace("&#39;", "'"), url


def test_what_one_may_not_open_explains_nothing(signed_in):
    text = signed_in(Role.VIEWER).get(reverse("customers")).content.decode()
    assert '<details class="about">' not in text


def test_the_titles_are_those_of_pages_with_a_help():
    assert set(TITLES) <= set(PAGES)
