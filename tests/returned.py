"""Messages that come back to a notice's envelope sender, as mail systems write them."""

from email.utils import format_datetime

from rounds import at

from notices import links
from notices.models import Notice

RETURNED_AT = at(18)


def sender_of(notice: Notice) -> str:
    return links.envelope_sender(notice)


def dsn(
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <x@elsewhere.example>: Recipient address rejected: User unknown",
    at=RETURNED_AT,
    name: str = "delivery-status",
    more: str = "",
) -> bytes:
    """A delivery status notification in the form of Postfix."""
    return f"""Return-Path: <>
Delivered-To: {to}
Date: {format_datetime(at)}
From: MAILER-DAEMON@mx.elsewhere.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={name}; boundary="BOUNDARY"
Message-Id: <20261201090000.4XyzQ9@mx.elsewhere.example>

--BOUNDARY
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--BOUNDARY
Content-Description: Delivery report
Content-Type: message/{name}

Reporting-MTA: dns; mx.elsewhere.example
X-Postfix-Queue-ID: 4XyzQ9

Final-Recipient: rfc822; somebody.else@isp.example
Original-Recipient: rfc822;somebody.else@isp.example
Action: {action}
Status: {status}
Diagnostic-Code: {said}
{more}
--BOUNDARY
Content-Type: text/rfc822-headers

From: mail-support@isp.example
Subject: the notice

--BOUNDARY--
""".replace("\n", "\r\n").encode()


def plain(to: str, body: str, *, sender: str = "MAILER-DAEMON@elsewhere.example", more: str = "") -> bytes:
    """A message of one part of text."""
    head = f"Delivered-To: {to}\nDate: {format_datetime(RETURNED_AT)}\nFrom: {sender}\nTo: {to}\n{more}"
    content_type = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return f"{head}{content_type}\n{body}".encode()


def complaint(notice: Notice, *, feedback: str = "abuse") -> bytes:
    """A report of unwanted mail (RFC 5965), which comes to the address that the feedback loop was told."""
    return f"""Date: {format_datetime(RETURNED_AT)}
From: <feedback@big.example>
Subject: FW: notice
To: <fbl@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{sender_of(notice)}>

--B
Content-Type: message/rfc822

From: <mail-support@isp.example>
Message-ID: <{notice.message_id}>
Subject: notice

the notice
--B--
""".encode()
