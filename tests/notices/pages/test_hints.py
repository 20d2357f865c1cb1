"""What stands in the way, told to the customer: by what the logs show, with its place in the guide."""

import re
from datetime import timedelta

import pytest
from builders import TODAY, make_use, noon

from campaign.models import DailyUse

pytestmark = pytest.mark.usefixtures("today")
ORDER = {"program": "Another program or device", "door": "Server name, port or encryption", "password": "The password"}


def items(client, path: str) -> list[str]:
    text = client.get(path).content.decode()
    part = text[text.index('id="hints"') : text.index('id="call"')]
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in re.findall(r"<li[ >].*?</li>", part, re.DOTALL)]


def order(found: list[str]) -> list[str]:
    return [next(name for name, title in ORDER.items() if item.startswith(title)) for item in found]


def test_a_refused_password_comes_first_and_is_told_as_seen(client, make_notice, path_of):
    notice = make_notice(old="thunderbird")
    DailyUse.objects.update(auth_failed=1)
    found = items(client, path_of(notice))
    assert order(found) == ["password", "program", "door"]
    assert (
        "Our records show that this is the cause" in found[0]
        and "The password was refused for the last mail." in found[0]
    )
    assert "Our records show that this is the cause" not in found[1] + found[2]
    assert 'href="/en/guide/thunderbird/trouble/"' in client.get(path_of(notice)).content.decode()


def test_a_password_that_was_refused_some_days_ago_is_told_with_the_day(client, make_notice, path_of):
    notice = make_notice(old="thunderbird")
    make_use(notice.holdout.customer, "pop_before_smtp", TODAY - timedelta(days=6), auth_failed=2)
    assert "On Nov. 18, 2026 the password was refused" in items(client, path_of(notice))[0]


def test_the_old_door_comes_first_with_the_values_that_belong_together(client, make_notice, path_of):
    notice = make_notice(old="thunderbird")
    DailyUse.objects.update(at_old_door=1)
    found = items(client, path_of(notice))
    assert order(found) == ["door", "program", "password"]
    assert "where no password is asked for" in found[0]
    assert "server smtp.isp.example, port 465, encryption SSL/TLS" in found[0]
    assert re.search(r'href="/en/guide/thunderbird/\d+/"', client.get(path_of(notice)).content.decode())


def test_another_program_comes_first_with_the_names_of_both(client, make_notice, path_of):
    auth = {"last_auth_on": TODAY - timedelta(days=5), "last_auth_at": noon(TODAY - timedelta(days=5))}
    found = items(client, path_of(make_notice(old="iphone", new="thunderbird", standing="mixed", **auth)))
    assert order(found)[0] == "program"
    assert "Mail from Thunderbird (computer) goes the new way. But the last mail sent the old way came from" in found[0]
    assert "Mail on iPhone" in found[0]


def test_without_any_evidence_the_usual_order_is_told(client, make_notice, path_of):
    found = items(client, path_of(make_notice(old="")))
    assert order(found) == ["program", "door", "password"]
    assert "Our records show that this is the cause" not in " ".join(found)


def test_who_has_moved_is_told_of_no_obstacle(client, make_notice, path_of):
    auth = {"last_auth_on": TODAY, "last_auth_at": noon(TODAY)}
    assert items(client, path_of(make_notice(old="iphone", new="iphone", standing="moving", **auth))) == []
