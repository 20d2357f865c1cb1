"""An OpenID provider as a process of its own: django-oauth-toolkit, with a login page, over people in a file.

    python openid_provider.py FOLDER PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI

FOLDER/people.json has, by user name, a password and the claims of each person; it is read anew at every sign-in.
"""

import hmac
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from ports import free_ports

CLIENT_ID, CLIENT_SECRET = "campaign", "the secret of the campaign at the provider"
PASSWORD = "at the provider"
GROUPS = {"helpdesk": "support", "mail operators": "operator", "CN=Admins,OU=Staff": "administrator"}
LOGIN_PAGE = """<!DOCTYPE html><html lang="en"><title>Staff login</title><h1>Staff login</h1>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="%s">
<input type="hidden" name="next" value="%s">
<label>Name <input name="username"></label><label>Password <input name="password" type="password"></label>
<button>Enter</button></form></html>"""


@dataclass
class Provider:
    """The running process, as the tests see it."""

    url: str
    folder: Path
    process: subprocess.Popen
    people: dict[str, dict[str, Any]] = field(default_factory=dict)

    def person(self, name: str, *groups: str, **claims: Any) -> None:
        """From the next sign-in on this is what the provider says about `name`."""
        given = {"email": f"{name}@staff.isp.example", "email_verified": True, "preferred_username": name}
        self.people[name] = given | {"groups": list(groups)} | claims
        (self.folder / "people.json").write_text(json.dumps(self.people))

    def consent(self, address: str, name: str) -> str:
        """Signs `name` in at the provider's page `address`; returns the address to which it sends the browser back."""
        with requests.Session() as browser:
            page = browser.get(address, allow_redirects=True)
            values = {part: _hidden(page.text, part) for part in ("csrfmiddlewaretoken", "next")}
            values |= {"username": name, "password": PASSWORD}
            answer = browser.post(page.url, values, allow_redirects=False)
            while answer.headers.get("Location", "").startswith(("/", self.url)):
                answer = browser.get(urljoin(self.url, answer.headers["Location"]), allow_redirects=False)
            assert answer.status_code == 302, answer.text
            return answer.headers["Location"]


def _hidden(page: str, name: str) -> str:
    return unescape(page.partition(f'name="{name}" value="')[2].partition('"')[0])


def start(folder: Path, redirect_uri: str) -> Provider:
    (port,) = free_ports(1)
    command = [sys.executable, __file__, str(folder), str(port), CLIENT_ID, CLIENT_SECRET, redirect_uri]
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": "/usr/bin:/bin"})
    provider = Provider(f"http://127.0.0.1:{port}", folder, process)
    for _ in range(2400):
        try:
            urllib.request.urlopen(f"{provider.url}/.well-known/openid-configuration", timeout=120).close()
            return provider
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, (folder / "provider.log").read_text()
            time.sleep(0.05)
    raise AssertionError((folder / "provider.log").read_text())


def known_to(settings: Any, provider: Provider) -> None:
    """The product's settings name this provider."""
    settings.OIDC_ISSUER, settings.OIDC_NAME = provider.url, "Company login"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_ROLES = CLIENT_ID, CLIENT_SECRET, GROUPS


def stop(provider: Provider) -> None:
    provider.process.terminate()
    provider.process.wait(60)


def main(folder: str, port: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    apps = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider")
    wares = (
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    )
    settings.configure(
        SECRET_KEY="of the provider",
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        INSTALLED_APPS=apps,
        MIDDLEWARE=wares,
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        SESSION_COOKIE_NAME="provider_session",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/provider.sqlite3"}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        LOGIN_URL="/login/",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}",  # by whatever name it is asked
            "OIDC_RSA_PRIVATE_KEY": key.private_bytes(*form).decode(),
            "OAUTH2_VALIDATOR_CLASS": validator(),
            "SCOPES": {"openid": "openid", "profile": "profile", "email": "email"},
            "PKCE_REQUIRED": True,
        },
        PEOPLE=Path(folder) / "people.json",
    )
    serve(int(port), client_id=client_id, client_secret=client_secret, redirect_uris=redirect_uri)


def serve(port: int, **client: str) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from oauth2_provider.models import Application

    Application.objects.create(
        **client,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        skip_authorization=True,
        algorithm=Application.RS256_ALGORITHM,
    )
    globals()["urlpatterns"] = addresses()
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True)


def addresses() -> list:
    from django.urls import include, path

    return [path("login/", enter), path("", include("oauth2_provider.urls"))]


def enter(request: Any) -> Any:
    from django.conf import settings
    from django.contrib.auth import get_user_model, login
    from django.http import HttpResponse, HttpResponseRedirect
    from django.middleware.csrf import get_token
    from django.utils.html import escape

    name, known = request.POST.get("username", ""), json.loads(settings.PEOPLE.read_text())
    if name in known and hmac.compare_digest(request.POST.get("password", ""), PASSWORD):
        user, _made = get_user_model().objects.get_or_create(username=name)
        login(request, user)
        return HttpResponseRedirect(request.POST["next"])
    given = request.GET.get("next") or request.POST.get("next", "")
    return HttpResponse(LOGIN_PAGE % (get_token(request), escape(given)))


def validator() -> str:
    """Its dotted name: the class is made when Django is there."""
    return f"{__name__}.Claims"


def __getattr__(name: str) -> Any:
    if name != "Claims":
        raise AttributeError(name)
    from django.conf import settings
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Claims(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request: Any) -> dict[str, Any]:
            name = request.user.username
            return {"sub": f"subject-of-{name}"} | json.loads(settings.PEOPLE.read_text())[name]

    return Claims


if __name__ == "__main__":
    main(*sys.argv[1:])
