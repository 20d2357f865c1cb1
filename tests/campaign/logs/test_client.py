import time

import pytest

from campaign.logs.client import PROGRAMS, program_of

EXAMPLES = [
    ("K-9 Mail for Android", "k9"),
    ("Thunderbird for Android", "k9"),
    ("Mozilla Thunderbird", "thunderbird"),
    ("Thunderbird 2.0.0.24 (Windows/20100228)", "thunderbird"),
    ("Mozilla/5.0 (Windows NT 10.0; WOW64; rv:45.0) Gecko/20100101 Thunderbird/45.8.0", "thunderbird"),
    ("Microsoft Outlook Express 6.00.2900.5512", "outlook-express"),
    ("Microsoft Outlook Express Macintosh Edition - 5.0.6", "outlook-express"),
    ("Microsoft-MacOutlook/16.78.23100802", "outlook-mac"),
    ("Microsoft-MacOutlook/10.22.0.200209", "outlook-mac"),
    ("Microsoft Outlook 16.0", "outlook"),
    ("Microsoft Outlook 14.0", "outlook"),
    ("Microsoft Office Outlook 12.0", "outlook"),
    ("Microsoft Office Outlook, Build 11.0.5510", "outlook"),
    ("Microsoft Outlook, Build 10.0.2627", "outlook"),
    ("Microsoft Outlook IMO, Build 9.0.2416 (9.0.2911.0)", "outlook"),
    ("Microsoft Windows Live Mail 16.4.3528.331", "windows-live-mail"),
    ("Microsoft Windows Mail 6.0.6002.18197", "windows-mail"),
    ("iPhone Mail (20H115)", "iphone"),
    ("iPad Mail (17H35)", "iphone"),
    ("Apple Mail (2.3826.400.131.1.6)", "apple-mail"),
    ("Becky! ver. 2.81.05 [ja]", "becky"),
    ("Becky! ver.2.83 [en]", "becky"),
    ("Sylpheed 3.7.0 (GTK+ 2.24.30; i686-pc-mingw32)", "sylpheed"),
    ("Sylpheed version 0.9.99 (GTK+ 1.2.10)", "sylpheed"),
    ("Claws Mail 4.1.1 (GTK 3.24.38; x86_64-pc-linux-gnu)", "sylpheed"),
    ("Shuriken Pro4 [4.0.1.0]", "shuriken"),
    ("QUALCOMM Windows Eudora Version 6.2J rev4", "eudora"),
    ("HidemaruMail 7.30 (WinNT,900)", "hidemaru"),
    ("EdMax Ver2.85.5F", "edmax"),
    ("Microsoft Outlook CWS, Build 9.0.2416 (9.0.2911.0)", "outlook"),
    ("Claws Mail", "sylpheed"),
    ("Sylpheed-Claws 1.0.4 (GTK+ 1.2.10; i386-redhat-linux-gnu)", "sylpheed"),
    ("AL-Mail32 Version 1.13", "al-mail"),
    ("Winbiff [Version 2.50]", "winbiff"),
    ("Winbiff [Version 2.43 (on Trial)]", "winbiff"),
    ("Microsoft-Entourage/12.1.0.080305", "entourage"),
    ("Mozilla 4.8C-ja  [ja/Vine] (X11; U; Linux 2.5.50-ac1-pc98smp i686)", "netscape"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64; rv:52.0) Gecko/20100101 Firefox/52.0 SeaMonkey/2.49.4", "seamonkey"),
    ("Postbox 3.0.11 (Macintosh/20140602)", "postbox"),
    ("eM_Client/9.2.1735.0", "em-client"),
    ("Foxmail 7.2.25.254[cn]", "foxmail"),
    ("Foxmail 7, 2, 5, 140[cn]", "foxmail"),
    ("FoxMail 3.11 Release [cn]", "foxmail"),
    ("The Bat! (v4.0.24) Professional", "the-bat"),
    ("The Bat! 9.3", "the-bat"),
    ("Pegasus Mail for Windows (4.73.639)", "pegasus"),
    ("Pegasus Mail v3.50", "pegasus"),
    ("Lotus Notes Release 8.5.3FP6 SHF907 April 26, 2018", "lotus-notes"),
    ("Airmail (528)", "airmail"),
    ("Airmail Beta (297)", "airmail"),
    ("MailMate (1.14r5757)", "mailmate"),
    ("Evolution 3.52.4 (3.52.4-2.fc40)", "evolution"),
    ("KMail/1.11.0 (Linux/2.6.27.7-9-default; KDE/4.2.0; x86_64; ; )", "kmail"),
    ("Mutt/1.5.21 (2010-09-15)", "mutt"),
    ("Alpine 2.22 (DEB 394 2020-01-19)", "alpine"),
    ("Mew version 6.8 on Emacs 26.3", "emacs"),
    ("Wanderlust/2.15.9 (Almost Unreal) Emacs/27.2 Mule/6.0", "emacs"),
    ("Gnus v5.7/Emacs 20.7", "emacs"),
    ("Roundcube Webmail/1.4.11", "webmail"),
    ("SquirrelMail/1.5.1 [CVS]", "webmail"),
    ("RainLoop/1.16.0", "webmail"),
    ("SOGoMail 5.11.1", "webmail"),
    ("Active! mail", "webmail"),
    ("Zimbra 8.8.15_GA_4581 (ZimbraWebClient - FF120 (Linux)/8.8.15_GA_4581)", "webmail"),
    ("Horde Application Framework 5", "webmail"),
    ("Internet Messaging Program (IMP) H3 (4.1.6)", "webmail"),
    ("Open-Xchange Mailer v7.10.6-Rev78", "webmail"),
    ("YahooMailWebService/0.8.203.696", "webmail"),
    ("WebService/1.1.18906 YMailNorrin", "webmail"),
    ("Netscape WebMail 15106", "webmail"),
    ("Canon MFP", "printer"),
    # Not seen in any archive: what such machines are known to be called.
    ("KONICA MINOLTA bizhub C360i", "printer"),
    ("RICOH IM C3000", "printer"),
    ("Kyocera TASKalfa 2554ci", "printer"),
    ("SHARP MX-2661", "printer"),
    ("EPSON", "printer"),
    ("Brother MFC-L2750DW", "printer"),
    ("FUJI XEROX ApeosPort-IV C3375", "printer"),
    ("ApeosPort-V C2276", "printer"),
    ("HP LaserJet MFP M428fdw", "printer"),
    ("Microsoft CDO for Windows 2000", "script"),
    ("sendEmail-1.56", "script"),
    ("nodemailer (1.3.0; +http://www.nodemailer.com; SMTP/0.1.13)", "script"),
    ("Heirloom mailx 12.5 6/20/10", "script"),
    ("s-nail v14.9.24", "script"),
    ("MIME-tools 5.509 (Entity 5.509)", "script"),
    ("JMail 3.7.0 by Dimac (www.dimac.net)", "script"),
    ("git-send-email 2.44.0", "script"),
    ("WordPress/6.4", "script"),
    ("PHPMailer 6.8.1 (https://github.com/PHPMailer/PHPMailer)", "script"),
    ("PHP/7.4.33", "script"),
    ("swaks v20201014.0 jetmore.org/john/code/swaks/", "script"),
    ("mail (GNU Mailutils 3.15)", "script"),
]


@pytest.mark.parametrize(("value", "program"), EXAMPLES)
def test_a_header_names_its_program(value, program):
    assert program_of(value) == program


def test_every_row_of_the_table_has_an_example():
    decided_by = {next(row for row in PROGRAMS if row[1].match(value)) for value, _ in EXAMPLES}
    assert decided_by == set(PROGRAMS)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Microsoft Outlook for somebody",
        "my Roundcube Webmail/1.6.1",
        "Sharpener 1.0",
        "Canonical Launchpad",
        "Brotherhood of mail",
        "Sylpheedish",
        "not Mozilla Thunderbird",
        "thunderbird",
        "Mozilla Thunderbirds",
    ],
)
def test_what_is_not_in_the_table_is_not_guessed(value):
    assert program_of(value) == ""


@pytest.mark.parametrize(
    "value", ["Mozilla Thunderbird\r\nX: y", "Mozilla\x00", "iPhone Mail (\x1b[31m", "\u202eBecky!"]
)
def test_control_characters_name_nobody(value):
    assert program_of(value) == ""


def test_blanks_around_a_value_do_not_matter():
    assert program_of("  Mozilla Thunderbird ") == "thunderbird"


@pytest.mark.parametrize("piece", ["Mozilla/5 ", "Mozilla/5 Thunderbird/", "Microsoft Outlook ", " ", "あ"])
def test_a_value_of_megabytes_costs_no_time(piece):
    value = "Mozilla/5.0 " + piece * (4_000_000 // len(piece))
    began = time.process_time()
    program_of(value)
    assert time.process_time() - began < 0.2
