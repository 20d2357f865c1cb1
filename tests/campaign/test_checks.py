from campaign.checks import check_database_folder, check_second_factor, check_settings, check_sign_in, check_texts


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


OPENID = {
    "OIDC_ISSUER": "https://sso.isp.example/realms/staff",
    "OIDC_CLIENT_ID": "campaign",
    "OIDC_CLIENT_SECRET": "a secret",
    "OIDC_ROLES": {"helpdesk": "support"},
    "OIDC_SCOPES": ("openid", "email"),
}


def sign_in_findings(settings, **changes) -> list[str]:
    for name, value in (OPENID | changes).items():
        setattr(settings, name, value)
    return [finding.id for finding in check_sign_in(None)]


def test_a_whole_set_of_sign_in_settings_is_fine(settings):
    assert check_sign_in(None) == []
    assert sign_in_findings(settings) == []
    assert sign_in_findings(settings, PASSWORD_SIGN_IN=False, EMBEDDED=False) == []


def test_nobody_could_sign_in_at_all(settings):
    assert sign_in_findings(settings, OIDC_ISSUER="", PASSWORD_SIGN_IN=False) == ["campaign.E009"]


def test_an_openid_provider_needs_all_its_settings(settings):
    assert sign_in_findings(settings, OIDC_CLIENT_ID="") == ["campaign.E010"]
    assert sign_in_findings(settings, OIDC_CLIENT_SECRET="") == ["campaign.E010"]
    assert sign_in_findings(settings, OIDC_ROLES={}) == ["campaign.E011"]
    assert sign_in_findings(settings, OIDC_SCOPES=("profile",)) == ["campaign.E013"]
    assert sign_in_findings(settings, OIDC_ISSUER="http://sso.isp.example", EMBEDDED=False) == ["campaign.E014"]


def test_a_role_that_there_is_not_is_named_with_those_that_there_are(settings):
    assert sign_in_findings(settings, OIDC_ROLES={"helpdesk": "supporter", "x": "viewer"}) == ["campaign.E012"]
    (finding,) = check_sign_in(None)
    assert "'helpdesk' is given 'supporter'" in finding.msg and "viewer, support, operator" in finding.msg


def test_passwords_alone_in_production_are_a_warning(settings):
    assert check_second_factor(None) == []
    settings.EMBEDDED = False
    assert [finding.id for finding in check_second_factor(None)] == ["campaign.W004"]
    settings.SECOND_FACTOR = True
    assert check_second_factor(None) == []
