"""Which mail program a header names; the names are those of the guides.

Sources: headers seen in public archives and in the programs' own source. A header can be
forged or kept by a forwarder, so the answer is a hint for choosing a guide, never evidence.
"""

import re

LONGEST = 300  # characters looked at; Postfix logs at most 200 of a header

# The first row that matches decides, so the more special names stand first. All patterns
# are anchored at the start and repeat nothing inside a repetition: time grows with LONGEST.
PROGRAMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in [
        ("k9", r"(?:K-9 Mail|Thunderbird for Android)\b"),
        ("thunderbird", r"Mozilla Thunderbird\b"),
        ("thunderbird", r"Thunderbird \d"),  # until 2.0
        ("thunderbird", r"Mozilla/\d[^\n]* Thunderbird/\d"),  # until about 102
        ("outlook-express", r"Microsoft Outlook Express \d"),
        ("outlook-express", r"Microsoft Outlook Express Macintosh Edition\b"),
        ("outlook-mac", r"Microsoft-MacOutlook/\d"),
        ("outlook", r"Microsoft (?:Office )?Outlook,? (?:IMO, )?(?:Build )?\d"),
        ("windows-live-mail", r"Microsoft Windows Live Mail \d"),
        ("windows-mail", r"Microsoft Windows Mail \d"),
        ("iphone", r"(?:iPhone|iPad|iPod) Mail \("),
        ("apple-mail", r"Apple Mail \("),
        ("becky", r"Becky! ver\. ?\d"),
        ("sylpheed", r"(?:Sylpheed|Claws Mail)(?: version)? \d"),  # one family, one set of menus
        ("shuriken", r"Shuriken\b"),
        ("eudora", r"(?:QUALCOMM )?(?:Windows|Macintosh|MacOS(?: X)?) Eudora\b"),
        ("hidemaru", r"HidemaruMail \d"),
        ("edmax", r"EdMax\b"),
        ("script", r"(?:Microsoft CDO|PHPMailer|PHP/\d|swaks\b|sendEmail-|nodemailer\b|MIME::Lite\b|Blat v)"),
        ("script", r"(?:mail \(GNU Mailutils|Heirloom mailx|s-nail\b|mailx\b)"),
    ]
)


def program_of(header_value: str) -> str:
    """The program that an X-Mailer or User-Agent value names; "" when the table has none.

    A value with control characters is nobody's: no program writes them.
    """
    value = header_value[:LONGEST].strip()
    if not value.isprintable():
        return ""
    return next((name for name, pattern in PROGRAMS if pattern.match(value)), "")
