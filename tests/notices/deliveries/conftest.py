import pytest
from maillog import MailLog


@pytest.fixture
def mail_log(tmp_path, settings) -> MailLog:
    """`mail_log(lines)` has the pipeline read Postfix lines, each `(time, program, text)`."""
    settings.SEGMENTS = tmp_path / "segments"
    return MailLog(tmp_path / "mail.log")
