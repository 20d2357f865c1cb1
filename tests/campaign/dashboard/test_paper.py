from datetime import date

import pytest
from builders import TODAY, make_campaign, make_customer, make_holdout, noon
from desk import make_mailing, make_notice
from django.contrib.auth.models import Permission

from campaign.dashboard import paper
from campaign.models import Exemption, Holdout
from notices.models import Suppression

pytestmark = pytest.mark.django_db
LETTERS = "/staff/unreachable/letters/"


@pytest.fixture
def unreached():
    campaign = make_campaign()
    customer = make_customer("hanako@isp.example", name="佐藤 花子", contract="C-1", client_program="outlook")
    holdout = make_holdout(campaign, customer)
    make_notice(make_mailing(campaign), holdout, number="482913057", fate="bounced")
    Suppression.objects.create(customer=customer, address="hanako@isp.example", since=noon(TODAY), text="550 no")
    return holdout


@pytest.fixture
def printed(monkeypatch):
    """The letters that were made into the last PDF."""
    made = []
    real = paper.paper.pdf

    def pdf(letters, **named):
        made[:] = letters
        return real(letters, **named)

    monkeypatch.setattr(paper.paper, "pdf", pdf)
    return made


def test_a_customers_page_leads_to_the_letter_and_to_what_is_said_on_the_phone(staff, unreached):
    text = staff.get(f"/staff/customers/{unreached.customer_id}/").content.decode()
    for door in ("script", "letter"):
        assert f'href="/staff/customers/{unreached.customer_id}/{door}/?campaign=pop_before_smtp' in text


def test_a_letter_is_a_pdf_with_what_is_known_of_the_customer(staff, unreached, printed):
    response = staff.get(f"/staff/customers/{unreached.customer_id}/letter/?campaign=pop_before_smtp")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-1.5")
    assert "no-store" in response["Cache-Control"]
    (letter,) = printed
    assert (letter.name, letter.number, letter.program) == ("佐藤 花子", "482-913-057", "outlook")
    assert letter.ends_on == unreached.campaign.cutoff_on
    assert letter.written_on == TODAY and letter.unreached


def test_the_letter_names_the_customers_own_last_day(staff, unreached, printed):
    values = {"campaign": unreached.campaign, "customer": unreached.customer, "asked_at": noon(TODAY)}
    Exemption.objects.create(**values, from_day=date(2027, 3, 10), until=date(2027, 4, 13))
    staff.get(f"/staff/customers/{unreached.customer_id}/letter/?campaign=pop_before_smtp")
    assert printed[0].ends_on == date(2027, 4, 14)


def test_the_letter_to_whom_mail_reaches_does_not_say_that_it_does_not(staff, unreached, printed):
    other = make_holdout(unreached.campaign, make_customer("taro@isp.example"))
    make_notice(make_mailing(unreached.campaign, period="2026-10"), other, fate="delivered")
    staff.get(f"/staff/customers/{other.customer_id}/letter/")
    assert not printed[0].unreached


def test_the_letter_leads_to_the_guide_of_the_mail_with_its_number(staff, unreached, printed):
    make_notice(make_mailing(unreached.campaign, period="2026-12"), unreached, client_program="thunderbird")
    staff.get(f"/staff/customers/{unreached.customer_id}/letter/")
    assert printed[0].program == "thunderbird"


def test_who_is_in_no_campaign_gets_no_letter(staff, unreached):
    stranger = make_customer("new@isp.example")
    assert staff.get(f"/staff/customers/{stranger.pk}/letter/").status_code == 404


def test_the_letters_to_a_page_of_the_list_need_the_right_to_export(staff, unreached, printed):
    assert staff.get(LETTERS).status_code == 403
    assert LETTERS not in staff.get("/staff/unreachable/").content.decode()
    user = staff.get("/staff/").wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="export_unreachable"))
    assert f"{LETTERS}?campaign=pop_before_smtp&amp;page=1" in staff.get("/staff/unreachable/").content.decode()
    response = staff.get(f"{LETTERS}?reason=suppressed")
    assert response["Content-Type"] == "application/pdf"
    assert [letter.name for letter in printed] == ["佐藤 花子"]
    assert staff.get(f"{LETTERS}?reason=refused").status_code == 404


def test_fifty_letters_ask_the_database_no_more_than_one(staff, unreached, printed):
    user = staff.get("/staff/").wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="export_unreachable"))
    mailing = make_mailing(unreached.campaign, period="2026-10")
    staff.get(LETTERS)
    asked = _questions(staff)
    for number in range(5):
        make_notice(mailing, make_holdout(unreached.campaign, make_customer(f"c{number}@isp.example")), fate="bounced")
    assert _questions(staff) == asked
    assert len(printed) == Holdout.objects.count() == 6


def _questions(staff) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        assert staff.get(LETTERS).status_code == 200
    return len(asked)
