"""Which mail program a header names; the names are those of the guides.

Sources: headers seen in public archives and in the programs' own source. A header can be
forged or kept by a forwarder, so the answer is a hint for choosing a guide, never evidence.
A new program is one row here, one example in the tests, and a title in notices/guides.
"""

import re

LONGEST = 300  # characters looked at; Postfix logs at most 200 of a header

# What no person sits at: it is set up once, in a menu of its own or in a file.
MACHINES = ("printer", "script")

# Copiers begin with their maker's name, or their model's. Few were seen: such mail is in no archive.
MAKERS = (
    r"Canon|Ricoh|NRG|Lanier|Savin|Fuji ?Xerox|Fujifilm|Xerox|Brother|Kyocera|Taskalfa|Ecosys|Sharp|Epson"
    r"|Konica ?Minolta|bizhub|Toshiba|Panasonic|OKI|Lexmark|Muratec"
)
MODELS = (
    r"imageRunner|imageClass|Satera|ApeosPort|DocuCentre|DocuPrint|WorkCentre|VersaLink|AltaLink|ScanSnap"
    r"|(?:HP )?(?:LaserJet|OfficeJet|PageWide)|HP Digital Sending"
)

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
        ("outlook", r"Microsoft (?:Office )?Outlook,? (?:(?:IMO|CWS), )?(?:Build )?\d"),
        ("windows-live-mail", r"Microsoft Windows Live Mail \d"),
        ("windows-mail", r"Microsoft Windows Mail \d"),
        ("iphone", r"(?:iPhone|iPad|iPod) Mail \("),
        ("apple-mail", r"Apple Mail \("),
        ("becky", r"Becky! ver\. ?\d"),
        ("sylpheed", r"(?:Sylpheed(?:-Claws)?|Claws Mail)(?: version)?(?: \d|$)"),  # one family, one set of menus
        ("shuriken", r"Shuriken\b"),
        ("eudora", r"(?:QUALCOMM )?(?:Windows|Macintosh|MacOS(?: X)?) Eudora\b"),
        ("hidemaru", r"HidemaruMail \d"),
        ("edmax", r"EdMax\b"),
        ("al-mail", r"AL-Mail(?:32)? Version \d"),
        ("winbiff", r"Winbiff \[Version \d"),
        ("entourage", r"Microsoft-Entourage/\d"),
        ("netscape", r"Mozilla 4\.\d"),
        ("seamonkey", r"Mozilla/\d[^\n]* SeaMonkey/\d"),
        ("postbox", r"Postbox \d"),
        ("em-client", r"eM_Client/\d"),
        ("foxmail", r"Fox[Mm]ail \d"),
        ("the-bat", r"The Bat! (?:\(v)?\d"),
        ("pegasus", r"Pegasus Mail (?:for Win|v\d)"),
        ("lotus-notes", r"(?:Lotus Notes|IBM Notes|HCL Notes) (?:Release|Build)\b"),
        ("airmail", r"Airmail (?:Beta )?\(\d"),
        ("mailmate", r"MailMate \(\d"),
        ("evolution", r"Evolution \d"),
        ("kmail", r"KMail/\d"),
        ("mutt", r"(?:Mutt|NeoMutt)/\d"),
        ("alpine", r"(?:Alpine|Pine) \d"),
        ("emacs", r"(?:Mew version \d|Wanderlust/\d|Gnus/\d|Gnus v\d)"),
        ("webmail", r"(?:Roundcube Webmail\b|SquirrelMail/\d|RainLoop/\d|SOGoMail \d|Active! mail\b|Zimbra \d)"),
        ("webmail", r"(?:Horde Application Framework \d|Internet Messaging Program \(IMP\))"),
        ("webmail", r"(?:Open-Xchange Mailer v\d|YahooMailWebService/\d|WebService/\d|Netscape Web[Mm]ail\b)"),
        ("printer", rf"(?i:(?:{MAKERS})(?:[\s\-/_]|$))"),
        ("printer", rf"(?i:(?:{MODELS}))"),
        ("script", r"(?:Microsoft CDO|PHPMailer|PHP/\d|swaks\b|sendEmail-|[Nn]odemailer\b|MIME::Lite\b|Blat v)"),
        ("script", r"(?:mail \(GNU Mailutils|Heirloom mailx|s-nail\b|mailx\b|MIME-tools \d|JMail \d|JavaMail\b)"),
        ("script", r"(?:git-send-email \d|WordPress\b)"),
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
