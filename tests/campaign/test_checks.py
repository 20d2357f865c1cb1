from campaign.checks import check_database_folder, check_settings, check_texts


def test_the_settings_as_they_come_are_fine():
    assert check_settings(None) == []


def test_hours_that_never_open_are_an_error(settings):
    settings.NOTICE_FROM_HOUR, settings.NOTICE_TO_HOUR = 17, 9
    assert [finding.id for finding in check_settings(None)] == ["campaign.E001"]


def test_a_year_without_an_open_day_is_an_error(settings):
    settings.NOTICE_HOLIDAYS = (("01-01", "12-31"),)
    assert [finding.id for finding in check_settings(None)] == ["campaign.E006"]


def test_a_folder_that_is_missing_is_named(settings, tmp_path):
    sqlite = {"ENGINE": "django.db.backends.sqlite3"}
    settings.DATABASES = {"default": sqlite | {"NAME": str(tmp_path / "campaign.sqlite3")}}
    assert check_database_folder(None) == []
    settings.DATABASES = {"default": sqlite | {"NAME": str(tmp_path / "var" / "campaign.sqlite3")}}
    (finding,) = check_database_folder(None)
    assert f"mkdir -p {tmp_path / 'var'}" in finding.hint


def test_texts_that_are_not_compiled_are_said_before_a_customer_gets_english(settings, tmp_path):
    folder = tmp_path / "ja" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path]
    (finding,) = check_texts(None)
    assert "django.po is not compiled" in finding.msg and "make setup" in finding.hint


def test_a_pattern_of_logins_that_is_none_is_an_error_that_says_why(settings):
    settings.LOGIN_PATTERN = r"ok user (?P<user>\S+)"
    (finding,) = check_settings(None)
    assert finding.id == "campaign.E005"
    assert "LOGIN_PATTERN: `ok user (?P<user>\\S+)` has no group `ip`" in finding.msg


def test_a_proxy_without_an_address_is_said(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert [finding.id for finding in check_settings(None)] == ["campaign.W003"]
    settings.TRUSTED_PROXIES = ("127.0.0.1/32",)
    assert check_settings(None) == []
