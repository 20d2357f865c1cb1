"""The desk's list of those who wait for a call."""

from datetime import timedelta

import pytest
from builders import TODAY, make_customer, noon
from django.contrib.auth.models import Permission

from campaign.models import AuditEntry, CallBack, Contact

PAGE = "/staff/calls/"


def permit(client) -> None:
    user = client.get("/staff/").wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="answer_callback"))


@pytest.fixture
def waiting(db) -> list[CallBack]:
    return [
        CallBack.objects.create(
            customer=make_customer(f"{name}@isp.example", name=name, client_program="thunderbird"),
            phone=phone,
            day=TODAY + timedelta(days=days),
            part=part,
            asked_at=noon(TODAY) - timedelta(days=3),
        )
        for name, phone, days, part in (
            ("later", "0312345678", 1, "any"),
            ("late", "09012345678", -1, "morning"),
            ("today", "09087654321", 0, "afternoon"),
        )
    ]


def test_the_next_call_is_first_and_a_late_one_is_marked(staff, waiting):
    permit(staff)
    text = staff.get(PAGE).content.decode()
    assert text.index("late@isp.example") < text.index("today@isp.example") < text.index("later@isp.example")
    assert "090-1234-5678" in text and "0312345678" in text and "3 calls" in text
    assert "1 call was to be made before today." in text and text.count("badge relapsed") == 1


def test_who_is_not_reached_stays_on_the_list(staff, waiting):
    permit(staff)
    given = {"minutes": "1", "topic": "how_to", "outcome": "call_back"}
    text = staff.post(f"{PAGE}{waiting[1].pk}/done/", given, follow=True).content.decode()
    assert "The contact is recorded; the call stays on the list, for Nov. 25, 2026." in text
    assert "late@isp.example" in text and Contact.objects.get().outcome == "call_back"


def test_a_call_that_was_made_is_a_contact_in_the_audit_and_the_number_is_gone(staff, waiting):
    permit(staff)
    call = waiting[1]
    answer = staff.post(f"{PAGE}{call.pk}/done/", {"minutes": "１２", "topic": "how_to", "outcome": "solved"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    made = Contact.objects.get()
    assert (made.customer, made.minutes, made.outcome) == (call.customer, 12, "solved")
    assert made.made_by.get_username() == "suzuki"
    text = staff.get(PAGE).content.decode()
    assert "The contact is recorded, and the number is deleted." in text and "late@isp.example" not in text
    entry = AuditEntry.objects.get(act="added")
    assert (entry.kind, entry.customer_id) == ("contact", call.customer_id)
    assert "09012345678" not in str(list(AuditEntry.objects.values_list()))


@pytest.mark.parametrize(
    "given", [{}, {"minutes": "0"}, {"minutes": "x"}, {"minutes": "5", "topic": "x", "outcome": "solved"}]
)
def test_what_is_missing_is_said_and_the_call_still_waits(staff, waiting, given):
    permit(staff)
    response = staff.post(f"{PAGE}{waiting[0].pk}/done/", given)
    text, key = response.content.decode(), waiting[0].pk
    assert response.status_code == 422 and 'class="message error wrongs"' in text
    for field in {"minutes", "topic", "outcome"}:
        wrong = f'aria-invalid="true" aria-describedby="{field}-{key}-wrong"' in text
        assert wrong == (f'<a href="#{field}-{key}">' in text) == (f'id="{field}-{key}-wrong"' in text)
        assert wrong == (given.get(field) not in {"minutes": ["5"], "outcome": ["solved"]}.get(field, []))
    assert CallBack.objects.count() == 3 and not Contact.objects.exists()


def test_only_who_calls_sees_the_numbers(client, staff, waiting):
    assert staff.get(PAGE).status_code == 403
    assert staff.post(f"{PAGE}{waiting[0].pk}/done/").status_code == 403
    permit(staff)
    assert staff.get(f"{PAGE}{waiting[0].pk}/done/").status_code == 405
    assert staff.post(f"{PAGE}999/done/").status_code == 404
    assert "no-store" in staff.get(PAGE)["Cache-Control"]
    client.logout()
    assert client.get(PAGE)["Location"].startswith("/staff/login/")


def test_nobody_waits(staff, db):
    permit(staff)
    assert "Nobody waits for a call." in staff.get(PAGE).content.decode()


def test_the_customers_page_tells_who_calls_of_the_call(staff, waiting):
    path = f"/staff/customers/{waiting[0].customer_id}/"
    assert "Waits for a call" not in staff.get(path).content.decode()
    permit(staff)
    text = staff.get(path).content.decode()
    assert "Waits for a call" in text and PAGE in text and "0312345678" not in text
