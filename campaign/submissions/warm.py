"""Compiles the searches once, at set-up: `python -m campaign.submissions.warm`.

Without it the first reading on a machine begins half a minute late.
"""

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign.logs.files import LogFile
from campaign.submissions.attribution import Rules
from campaign.submissions.listing import listed
from campaign.submissions.reading import Place, Reading, read_file
from campaign.submissions.segments import Segments

# One line of each head that has a search of its own; the one in JSON becomes such a line itself.
PLAIN = """\
2026-11-24T09:00:00+09:00 mx1 postfix/smtpd[1]: 4AAAAAAAAAz1: client=unknown[192.0.2.1], sasl_username=u, orig_client=x
Nov 24 09:00:00 mx1 postfix/cleanup[1]: 4AAAAAAAAAz1: message-id=<1@isp.example>
Nov 24 09:00:00 mx1 postfix/qmgr[1]: 4AAAAAAAAAz1: from=<u@isp.example>, size=1, nrcpt=1 (queue active)
Nov 24 09:00:00 mx1 postfix/smtp[1]: 4AAAAAAAAAz1: to=<f@elsewhere.example>, relay=x[::1]:25, dsn=2.0.0, status=sent (k)
Nov 24 09:00:00 pop1 dovecot: pop3-login: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2
<22>1 2026-11-24T09:00:00Z pop1 dovecot 1 - - message repeated 2 times: [ pop3-login: Login: user=<>, method=P, rip=::1]
2026-11-24 09:00:00 exim: 2026-11-24 09:00:00 1uXyZa-000001-AB <= u@isp.example H=x [192.0.2.1] P=smtp S=1
2026/11/24 09:00:00 [info] 1#1: *1 client logged in, client: 192.0.2.1, server: 0.0.0.0:110, login: "u"
@400000006741000000000000 qmail-smtpd: pid 1
"""
DAY = date(2026, 11, 24)


def main() -> None:
    """Read and attribute one line of each common form, so that what is compiled at the first call is there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.log"
        path.write_text(PLAIN)
        zone = ZoneInfo("Asia/Tokyo")
        segments = Segments(Path(folder) / "segments", zone)
        reading = Reading(zone=zone, local_domains={"isp.example"}, latest=2**62, today=DAY, year=DAY.year)
        with LogFile(str(path)) as log:
            read_file(log, reading, segments, place=Place(), last_line_too=True)
        _exhaust(listed(segments, Rules({"isp.example"}), scratch=Path(folder)))


def _exhaust(files: Iterable) -> None:
    for lines in files:
        lines.close()


if __name__ == "__main__":
    main()
