"""A page shows the brand of the host in its address: name, phone, servers, colour and logo."""

import pytest
from brands import FILE

from campaign import brands
from notices.pages import brand as looks

pytestmark = pytest.mark.django_db  # the first page names the campaigns' dates
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'


@pytest.fixture(autouse=True)
def two_brands(settings, tmp_path):
    (tmp_path / "brands.toml").write_text(f'{FILE}logo = "aozora.svg"\n', encoding="utf-8")
    (tmp_path / "aozora.svg").write_text(SVG)
    settings.BRANDS_FILE = str(tmp_path / "brands.toml")
    settings.ALLOWED_HOSTS = ["*"]
    return tmp_path


def page(client, path: str, host: str) -> str:
    return client.get(path, headers={"host": host}).content.decode()


@pytest.mark.parametrize("path", ["/en/", "/en/guide/thunderbird/", "/en/setup/"])
def test_a_page_names_the_brand_of_its_host(client, path):
    own, main = page(client, path, "mail.aozora.example"), page(client, path, "guide.isp.example")
    assert "Aozora Net" in own and "0120-111-111" in own and "https://www.aozora.example/" in own
    assert "Mihon Net" in main and "Aozora" not in main
    assert '<link rel="stylesheet" href="/en/brand/aozora.css">' in own and "/brand/" not in main


def test_a_guide_has_the_brands_servers_port_and_form_of_login(client):
    told = page(client, "/en/guide/thunderbird/all/", "mail.aozora.example").replace("<wbr>", "")
    assert "smtp.aozora.example" in told and "smtp.isp.example" not in told
    assert "STARTTLS" in told and ">587<" in told
    assert "what stands before the @" in told and "hanako@aozora.example" in told


def test_the_colour_is_a_stylesheet_with_a_darker_one_for_the_pointer(client):
    response = client.get("/en/brand/aozora.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response.content.decode() == (
        "@media (prefers-color-scheme: light) { :root { --accent: #00508c; --accent-hover: #003e6d; } }\n"
    )
    assert brands.contrast_with_white(looks.darker("#00508c")) > brands.contrast_with_white("#00508c")


def test_the_logo_is_the_file_beside_the_brands(client, two_brands):
    response = client.get("/en/brand/aozora/logo")
    assert response["Content-Type"] == "image/svg+xml" and response.content.decode() == SVG
    assert "default-src 'none'" in response["Content-Security-Policy"]  # a drawing by a stranger runs no script
    (two_brands / "aozora.svg").write_text("x" * (looks.LARGEST + 1))
    assert client.get("/en/brand/aozora/logo").status_code == 404
    (two_brands / "aozora.svg").unlink()
    assert client.get("/en/brand/aozora/logo").status_code == 404


@pytest.mark.parametrize(
    "path", ["/en/brand/mihon.css", "/en/brand/mihon/logo", "/en/brand/none.css", "/en/brand/none/logo"]
)
def test_what_a_brand_does_not_have_is_not_found(client, path):
    assert client.get(path).status_code == 404
