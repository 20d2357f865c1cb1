"""Two brands of one provider, for tests that need a second one."""

from pathlib import Path

FILE = """
[[brand]]
slug = "mihon"
name = { ja = "みほんネット", en = "Mihon Net" }
domains = ["isp.example"]

[[brand]]
slug = "aozora"
name = { ja = "あおぞらネット", en = "Aozora Net" }
domains = ["aozora.example"]
site = "https://mail.aozora.example"
home = "https://www.aozora.example/"
smtp_host = "smtp.aozora.example"
smtp_port = 587
login = "local_part"
phone = "0120-111-111"
hours = { ja = "毎日 10:00～20:00", en = "Daily, 10:00 to 20:00" }
notice_from = "mail-support@aozora.example"
colour = "#00508c"
"""


def two_brands(settings, folder: Path) -> None:
    """From now on the provider sells mail under two names, and any web host is one of its own."""
    (folder / "brands.toml").write_text(FILE, encoding="utf-8")
    settings.BRANDS_FILE = str(folder / "brands.toml")
    settings.ALLOWED_HOSTS = ["*"]
