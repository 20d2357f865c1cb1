"""What a brand's pages look like: its colour as a stylesheet of its own (no style stands in a page), and its logo."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign import brands
from campaign.brands import Brand

TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
LARGEST = 200_000  # bytes of a logo
DARKER = 0.78  # what the pointer is on
# In the dark the product's own colours stay: the brand's is chosen to be seen on white.
STYLE = "@media (prefers-color-scheme: light) {{ :root {{ --accent: {colour}; --accent-hover: {darker}; }} }}\n"


def darker(colour: str) -> str:
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part * DARKER):02x}" for part in parts)


def _brand(slug: str) -> Brand:
    found = next((brand for brand in brands.brands() if brand.slug == slug), None)
    if found is None:
        raise Http404(slug)
    return found


@require_safe
@cache_control(public=True, max_age=3600)
def style(request: HttpRequest, slug: str) -> HttpResponse:
    brand = _brand(slug)
    if not brand.colour:
        raise Http404(slug)
    text = STYLE.format(colour=brand.colour, darker=darker(brand.colour))
    return HttpResponse(text, content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The file beside the brands' own; its name was checked when that was read."""
    brand = _brand(slug)
    path = Path(settings.BRANDS_FILE).parent / brand.logo
    if not brand.logo or not path.is_file() or path.stat().st_size > LARGEST:
        raise Http404(slug)
    return HttpResponse(path.read_bytes(), content_type=TYPES[path.suffix])
