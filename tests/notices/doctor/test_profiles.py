import pytest
from authority import Authority
from django.utils import timezone

from notices.doctor import profiles
from notices.doctor.finding import Verdict


def found() -> tuple[Verdict, str]:
    (finding,) = profiles.check(now=timezone.now())
    assert finding.check == "profiles" and bool(finding.advice) is (finding.verdict is not Verdict.OK)
    return finding.verdict, finding.said


def test_without_a_certificate_nothing_is_said():
    assert list(profiles.check(now=timezone.now())) == []


@pytest.mark.parametrize(
    ("days", "verdict", "said"),
    [
        (90, Verdict.OK, "Profiles are signed"),
        (5, Verdict.WARNING, "The certificate that signs profiles ends on "),
        (-5, Verdict.PROBLEM, "The certificate that signs profiles ended on "),
    ],
)
def test_the_end_of_the_certificate_is_told_in_time(settings, tmp_path, days, verdict, said):
    file = Authority(tmp_path).issue("guide.isp.example", days=days)
    settings.PROFILE_CERTIFICATE = settings.PROFILE_KEY = file
    told = found()
    assert told[0] is verdict and told[1].startswith(said)


def test_files_that_do_not_fit_are_named(settings, tmp_path):
    authority = Authority(tmp_path)
    settings.PROFILE_CERTIFICATE = authority.issue("guide.isp.example")
    settings.PROFILE_KEY = authority.issue("other.isp.example")
    verdict, said = found()
    assert verdict is Verdict.PROBLEM and "other.isp.example" in said
