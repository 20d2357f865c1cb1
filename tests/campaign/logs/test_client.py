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
    ("Microsoft CDO for Windows 2000", "script"),
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
        "Mutt/1.5.21 (2010-09-15)",
        "Microsoft Outlook for somebody",
        "Roundcube Webmail/1.6.1",
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
