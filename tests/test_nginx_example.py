"""The web server's example, run by a real nginx before the product: who reaches what, and what its logs keep."""

import http.client
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from authority import Authority
from django.conf import settings
from fronted import product
from ports import free_ports
from waiting import until

from notices.doctor import https
from notices.guides.setup import outlook

pytestmark = pytest.mark.daemons

PROXY = "proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;\n"
AROUND = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    folder: Path
    https_port: int
    http_port: int

    def ask(self, host: str, path: str, *, body: bytes = b"") -> https.Answer:
        return https.ask(host, path, addresses=[ip_address("127.0.0.1")], port=self.https_port, body=body)

    def logged(self) -> str:
        return "".join(log.read_text() for log in self.folder.glob("*.log"))


@pytest.fixture(scope="module")
def nginx(needed, tmp_path_factory):
    program = needed("nginx", package="nginx")
    folder = tmp_path_factory.mktemp("nginx")
    authority = Authority(folder / "authority")
    certificate = authority.issue("mail-guide.isp.example", "autoconfig.isp.example", "autodiscover.isp.example")
    secure, plain = free_ports(2)
    with product() as (_host, upstream), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority.certificate))
        changes = {
            r"/etc/ssl/[\w-]+\.(pem|key)": str(certificate),
            r"/etc/nginx/campaign-proxy\.conf;": f"{folder}/campaign-proxy.conf;",
            r"/var/log/nginx/": f"{folder}/",
            r"listen 443 ": f"listen 127.0.0.1:{secure} ",
            r"listen 80;": f"listen 127.0.0.1:{plain};",
            r"127\.0\.0\.1:8000": f"127.0.0.1:{upstream}",
        }
        site = (settings.BASE_DIR / "deploy/nginx.conf.example").read_text()
        for old, new in changes.items():
            site, number = re.subn(old, new, site)
            assert number, f"{old} is no longer in the example"
        (folder / "site.conf").write_text(site)
        (folder / "campaign-proxy.conf").write_text(PROXY)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        server = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
        try:
            until(lambda: (folder / "nginx.pid").exists(), "nginx to start")
            yield Nginx(folder, secure, plain)
        finally:
            server.terminate()
            server.wait(60)


def test_programs_get_their_files_and_the_logs_no_address(nginx):
    answer = nginx.ask("autoconfig.isp.example", "/mail/config-v1.1.xml?emailaddress=hanako%40isp.example")
    assert answer.status == 200 and b"<hostname>smtp.isp.example</hostname>" in answer.body
    question = outlook.question("hanako@isp.example")
    answer = nginx.ask("autodiscover.isp.example", "/Autodiscover/Autodiscover.xml", body=question)
    assert answer.status == 200 and b"<Server>smtp.isp.example</Server>" in answer.body
    answer = nginx.ask("autodiscover.isp.example", "/autodiscover/autodiscover.json?Protocol=AutodiscoverV1")
    assert answer.status == 200 and b"AutodiscoverV1" in answer.body
    nginx.ask("autodiscover.isp.example", "/the-last")
    until(lambda: "/the-last" in nginx.logged(), "the log")
    assert "autoconfig.isp.example GET /mail/config-v1.1.xml 200" in nginx.logged()
    assert "hanako" not in nginx.logged()


def test_the_hosts_of_set_up_show_nothing_else(nginx):
    for path in ("/", "/staff/", "/en/", "/mail/", "/autodiscover/"):
        assert nginx.ask("autoconfig.isp.example", path).status == 404


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("autoconfig.isp.example", "/mail/config-v1.1.xml?emailaddress=hanako%40isp.example"),
        ("mail-guide.isp.example", "/ja/"),
    ],
)
def test_in_clear_they_only_send_on(nginx, host, path):
    connection = http.client.HTTPConnection("127.0.0.1", nginx.http_port, timeout=120)
    with closing(connection):
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        assert (response.status, response.headers["Location"]) == (301, f"https://{host}{path}")


def test_the_staff_pages_are_for_the_offices(nginx):
    assert nginx.ask("mail-guide.isp.example", "/staff/").status == 403


@pytest.mark.parametrize("page", ["p", "mute"])
def test_the_token_of_a_customers_page_stays_out_of_the_log(nginx, page):
    nginx.ask("mail-guide.isp.example", f"/en/{page}/secret-token/x/")
    nginx.ask("mail-guide.isp.example", f"/after-{page}/")
    until(lambda: f"/after-{page}/" in nginx.logged(), "the log")
    assert "secret-token" not in nginx.logged()
