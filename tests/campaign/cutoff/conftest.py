from ipaddress import ip_network

import pytest
from loglines import NOON

from campaign.customers import rollup
from campaign.submissions import intake


@pytest.fixture
def evidence(settings, tmp_path, db):
    """Reads log lines into segments and daily use, as of a moment; the own network is 10.0.0.0/8."""
    settings.DATA, settings.SEGMENTS = tmp_path / "data", tmp_path / "segments"
    settings.OWN_NETWORKS = (ip_network("10.0.0.0/8"),)

    def read(*lines: str, now) -> None:
        (tmp_path / "mail.log").write_text("".join(lines))
        report = intake.read([tmp_path / "mail.log"], now=now, year=NOON.year)
        intake.attribute(report.days, now=now)
        rollup.bring_up_to_date(days=report.days, today=now.date())

    return read
