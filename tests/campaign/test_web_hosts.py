"""The hosts under which the product may be asked: no operator has to list those that follow from other settings."""

from brands import FILE
from django.apps import apps

from campaign import brands

CONFIG = "/mail/config-v1.1.xml"


def test_programs_reach_us_by_the_hosts_of_our_domain_and_strangers_do_not(client):
    for host in ("autoconfig.isp.example", "autodiscover.isp.example", "isp.example"):
        assert client.get(CONFIG, headers={"host": host}).status_code == 200
    for host in ("autoconfig.elsewhere.example", "isp.example.elsewhere.example", "www.isp.example"):
        assert client.get(CONFIG, headers={"host": host}).status_code == 400


def test_each_brand_adds_its_site_and_its_domains(settings, tmp_path):
    settings.BRANDS_FILE, settings.ALLOWED_HOSTS = str(tmp_path / "brands.toml"), ["staff.isp.example"]
    settings.PUBLIC_URL = "https://guide.isp.example:8443"
    (tmp_path / "brands.toml").write_text(FILE, encoding="utf-8")
    assert brands.web_hosts() == {
        "guide.isp.example",
        "mail.aozora.example",
        *(
            f"{name}{domain}"
            for name in ("", "autoconfig.", "autodiscover.")
            for domain in ("isp.example", "aozora.example")
        ),
    }
    apps.get_app_config("campaign").ready()
    assert settings.ALLOWED_HOSTS[0] == "staff.isp.example" and "autodiscover.aozora.example" in settings.ALLOWED_HOSTS


def test_a_broken_file_of_brands_does_not_keep_django_from_saying_what_is_wrong(settings, tmp_path):
    settings.BRANDS_FILE, settings.ALLOWED_HOSTS = str(tmp_path / "none.toml"), ["staff.isp.example"]
    apps.get_app_config("campaign").ready()
    assert settings.ALLOWED_HOSTS == ["staff.isp.example"]
