import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from ipaddress import ip_network

import pytest
from django.core.management import CommandError, call_command
from loglines import NOON, login, message, minutes

from campaign.models import ShadowRun
from campaign.submissions import intake

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 12, 3, 0, tzinfo=UTC)
HANAKO, FAR = "hanako@isp.example", "friend@elsewhere.example"


@pytest.fixture(autouse=True)
def week(settings, tmp_path, monkeypatch):
    """Monday: Hanako twice by POP before SMTP, once over the own network. It is Tuesday of the week after."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    settings.DATA, settings.SEGMENTS = tmp_path / "data", tmp_path / "segments"
    settings.OWN_NETWORKS = (ip_network("10.0.0.0/8"),)
    lines = [login(HANAKO, "198.51.100.7"), *(message("198.51.100.7", HANAKO, FAR, at=minutes(n)) for n in (1, 2))]
    lines.append(message("10.0.0.1", HANAKO, FAR, at=NOON + timedelta(hours=2), host="mx2.isp.example"))
    (tmp_path / "mail.log").write_text("".join(lines))
    intake.attribute(intake.read([tmp_path / "mail.log"], now=NOW).days, now=NOW)


def shadow(*options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("shadow", "--week", "2026-W19", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def failing(*options: str) -> dict[str, int]:
    return json.loads(shadow("--json", *options)[0])["refused"]


def test_it_says_as_json_whose_mail_would_have_failed():
    found = json.loads(shadow("--json")[0])
    assert (found["week"], found["rule"], found["scope"]) == ("2026-W19", "all", [])
    assert found["refused"] == {"pop_before_smtp": 2, "local_port25": 1}
    assert [(row["login"], row["class"], row["submissions"]) for row in found["customers"]] == [
        (HANAKO, "pop_before_smtp", 2),
        (HANAKO, "local_port25", 1),
    ]
    assert found["people"] == {"hit": 1, "safe": 0}
    assert (found["noticed"], found["without_notice"]) == (0, 1)
    assert found["standings_before"] == found["standings_now"] == {"none": 1}


def test_the_rule_is_an_option_with_its_networks_and_hosts():
    assert failing("--rule", "outside") == {"pop_before_smtp": 2}
    assert failing("--rule", "outside", "--own-network", "198.51.100.0/24") == {"local_port25": 1}
    assert failing("--rule", "hosts", "--host", "MX2") == {"local_port25": 1}
    assert failing("--rule", "hosts", "--host", "mx1", "mx2.isp.example") == {"pop_before_smtp": 2, "local_port25": 1}
    assert ShadowRun.objects.count() == 4


def test_a_host_that_no_log_names_is_told():
    _out, err = shadow("--rule", "hosts", "--host", "mx2", "mx9")
    assert "--host mx9: no mail of the week has it; the logs name mx1, mx2.isp.example" in err
    assert "--host mx2:" not in err


def test_people_read_the_same_as_lines():
    out, _err = shadow()
    assert "2026-W19: the old way off everywhere" in out
    assert "no log of 2026-05-05: logins, mail" in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[lines.index("IP addresses mail failing customers") + 1] == "198.51.100.0/24 2 1"
    assert lines[lines.index("mail program mail failing customers") + 1] == "unknown 3 1"


@pytest.mark.parametrize(
    "options", [("--week", "2026-W20"), ("--week", "2020-W01"), ("--week", "x"), ("--rule", "hosts")]
)
def test_what_has_no_answer_is_an_error(options):
    with pytest.raises(CommandError):
        shadow(*options)
