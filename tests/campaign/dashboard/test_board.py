"""The page for the board, read back from the PDF by poppler."""

import subprocess
from datetime import timedelta
from unicodedata import normalize

import pytest
from builders import TODAY
from desk import make_forecast

from campaign.models import AuditEntry, OpenDoor

pytestmark = pytest.mark.django_db
PAPER = "/staff/benefit/paper/"


@pytest.fixture
def doors(world):
    for ago in range(1, 22):
        numbers = {"addresses": 1200, "minutes": 90_000, "used_addresses": 100, "used_minutes": 900 + 100 * ago}
        shared = {"shared_addresses": 40, "shared_minutes": 7000, "people_behind": 130, "most_behind": 17}
        OpenDoor.objects.create(day=TODAY - timedelta(days=ago), **numbers, **shared)
    return world


def read_back(content: bytes, tmp_path) -> tuple[str, str]:
    """What poppler finds in the file: its words, and what it says of the file."""
    path = tmp_path / "board.pdf"
    path.write_bytes(content)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    told = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    return " ".join(normalize("NFKC", text).split()), told


def get(staff, **asked) -> bytes:
    response = staff.get(PAPER, asked)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    return response.content


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["Data up to Nov. 24, 2026", "Cut-off on March 31, 2027", "Still sending the old way", "In money"]),
        ("ja", ["2026年11月24日", "2027年3月31日"]),
    ],
)
def test_it_is_one_sheet_of_a4_with_the_numbers_and_the_date_of_the_data(staff, doors, tmp_path, language, wanted):
    make_forecast(doors)
    content = get(staff, campaign=doors.name, language=language)
    text, told = read_back(content, tmp_path)
    assert "Pages:           1\n" in told
    assert "595.276 x 841.89 pts (A4)" in told
    assert f"/Lang ({language})".encode() in content
    for words in wanted:
        assert words in text
    for setting in ("SUPPORT_MINUTE_COST", "ABUSE_CASE_COST", "ABUSE_CASES_A_YEAR", "WINDOW_MINUTES"):
        assert setting in text
    assert "1,200" in text and "90,000" in text and "600,000" in text


def test_the_money_on_it_is_that_of_the_page(staff, doors, settings, tmp_path):
    settings.ABUSE_CASE_COST, settings.ABUSE_CASES_A_YEAR = 240_000, 3
    text, _told = read_back(get(staff, language="en"), tmp_path)
    page = staff.get("/staff/benefit/").content.decode()
    for amount in ("¥720,000", "¥60,000"):
        assert amount in text.replace("\\", "¥") and amount in page


def test_even_the_longest_names_and_largest_numbers_stay_on_one_sheet(staff, doors, settings, tmp_path):
    settings.PROVIDER_NAME = {"ja": "長い名前のプロバイダー" * 8, "en": "A Provider With A Long Name " * 8}
    settings.ABUSE_CASE_COST, settings.SUPPORT_MINUTE_COST = 1_000_000_000, 1_000_000
    settings.ABUSE_CASES_A_YEAR, settings.CURRENCY = 100_000, "XXXXXXXXXX"
    for language in ("ja", "en"):
        _text, told = read_back(get(staff, language=language), tmp_path)
        assert "Pages:           1\n" in told


def test_no_customer_is_named_and_the_audit_knows_who_took_it(staff, doors, tmp_path):
    text, _told = read_back(get(staff, language="en"), tmp_path)
    assert "@" not in text
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.kind, entry.by_name) == ("exported", "board", "suzuki")
    assert entry.after["filter"] == {"campaign": doors.name, "language": "en"}


def test_the_page_leads_to_it_in_both_languages(staff, doors):
    page = staff.get("/staff/benefit/").content.decode()
    for language in ("ja", "en"):
        assert f'href="{PAPER}?campaign=pop_before_smtp&amp;language={language}"' in page


def test_before_there_is_evidence_there_is_none(staff, world):
    from campaign.models import DailyCount, StandingCount

    DailyCount.objects.all().delete()
    StandingCount.objects.all().delete()
    assert staff.get(PAPER).status_code == 404
