from pathlib import Path

import pytest

from campaign.tables import strings
from notices.guides import catalog, schema

FILES = sorted(catalog.FOLDER.glob("*.toml"))


def changed(tmp_path: Path, old: str, new: str, name: str = "thunderbird") -> Path:
    """A copy of a real file with one thing changed."""
    text = (catalog.FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_complete_in_both_languages(path):
    client = schema.read(path)
    assert client.name == path.stem
    texts = [text for where, text in strings(client) if where.endswith((".en", ".ja"))]
    assert len(texts) % 2 == 0
    assert all(texts)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("minutes = 5", 'minutes = "five"', "thunderbird.toml: minutes is 'five', wanted a whole number"),
        ("minutes = 5", "minuets = 5", "thunderbird.toml: minuets is not known, wanted one of name, title"),
        ("minutes = 5\n", "", "thunderbird.toml: minutes is missing"),
        ('state = "current"', 'state = "fine"', "state is 'fine', wanted one of current, retired, dead"),
        ('title.ja = "Thunderbird（パソコン）"\n', "", "thunderbird.toml: title.ja is missing"),
        ('do.ja = "[menu]を押します。"', 'do.ja = " "', "steps[2].do.ja is ' ', wanted a text without blanks"),
        (
            'when.en = "Older',
            'when.en = "[menu] of',
            "versions[1].when.en is '[menu] of versions', wanted a text without",
        ),
        ("[menu]を", "[manu]を", "steps[2].do.ja: [manu] is not known, wanted one of menu, tools"),
        ('"{smtp_host}"', '"{smtp_hots}"', "steps[7].fields[1].value.en: {smtp_hots} is not known, wanted one of"),
        ('"{smtp_host}"', '"smtp.isp.example"', "steps[7].fields[1].value is 'smtp.isp.example', wanted a text per"),
        ('label = "port"', 'label = "prot"', "steps[7].fields[3].label is 'prot', wanted one of the labels"),
        ('unverified = ["en", "ja"]', 'unverified = ["fr"]', "unverified[1] is 'fr', wanted one of en, ja"),
        ("[security.STARTTLS]", "[security.TLS]", "security: key is 'TLS', wanted one of SSL/TLS, STARTTLS"),
        ('name = "thunderbird"', 'name = "mozilla"', "thunderbird.toml: name is 'mozilla', wanted 'thunderbird'"),
        ('name = "thunderbird"', "name = thunderbird", "thunderbird.toml: Invalid value (at line 1, column 8)"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_field(tmp_path, old, new, complaint):
    with pytest.raises(schema.WrongFile) as error:
        schema.read(changed(tmp_path, old, new))
    assert complaint in str(error.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "sjis.toml"
    path.write_bytes('name = "メール"'.encode("shift_jis"))
    with pytest.raises(schema.WrongFile, match=r"sjis\.toml: .*wanted TOML in UTF-8"):
        schema.read(path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('press = "edit"', 'press = "cancel"', "steps[6].screen.press is 'cancel', wanted one of the screen's tabs"),
        ('buttons = ["add",', 'buttons = ["adb",', "steps[6].screen.buttons[1] is 'adb', wanted one of the labels"),
        ('kind = "window"', 'kind = "watch"', "screen.kind is 'watch', wanted one of window, menu, phone"),
        ('kind = "choice"', 'kind = "wheel"', "kind is 'wheel', wanted one of text, choice, on"),
        ('state = "current"', 'state = "retired"', "state is 'retired', wanted instead and retired_on"),
    ],
)
def test_what_is_wrong_on_a_screen_is_named(tmp_path, old, new, complaint):
    with pytest.raises(schema.WrongFile) as error:
        schema.read(changed(tmp_path, old, new))
    assert complaint in str(error.value)
