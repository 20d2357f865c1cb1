"""Set-up that does itself: what mail programs ask for by themselves, and files for a new device.

Programs ask by the address of a domain, without login. The answer is the same for every address of a domain:
whether there is such a mailbox is not even looked up.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import brands
from campaign.brands import Brand
from campaign.models.spellings import narrow
from notices.guides.setup import apple, mozilla, outlook, snippets
from notices.pages import limit
from notices.pages.frame import frame_of, private, spoken
from notices.selection import unusable

PROGRAMS = limit.Rate("setup", each=120)
XML = "application/xml; charset=utf-8"
ASKED_AS = ("autoconfig.", "autodiscover.")
LONGEST = 254


@dataclass(frozen=True)
class File:
    """A file for one account; `make` has brand, address and language."""

    name: str
    content_type: str
    content: bytes


def brand_asked_for(request: HttpRequest, address: str) -> Brand | None:
    """Of the address, otherwise of the domain in the host's name; None where it is not ours."""
    if "@" in address:
        return brands.of_domain(address.rpartition("@")[2])
    host = request.get_host().partition(":")[0]
    for prefix in ASKED_AS:
        host = host.removeprefix(prefix)
    return brands.of_domain(host)


@require_safe
@cache_control(public=True, max_age=3600)
def mozilla_config(request: HttpRequest) -> HttpResponse:
    brand = brand_asked_for(request, request.GET.get("emailaddress", "")[:LONGEST])
    if brand is None:
        return HttpResponse("No such domain here.\n", status=404, content_type="text/plain; charset=utf-8")
    return HttpResponse(mozilla.config(brand), content_type=XML)


# A program asks, which has no form and no cookie; nothing changes.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
def outlook_xml(request: HttpRequest) -> HttpResponse:
    at = f"{timezone.localtime():%H:%M:%S.%f}0"
    if not limit.allowed(request, now=timezone.now(), rate=PROGRAMS):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    try:
        question = outlook.asked(request.read(outlook.LARGEST + 1) if request.method == "POST" else b"")
    except outlook.Unreadable:
        return HttpResponse(outlook.refusal(outlook.INVALID_REQUEST, at=at), content_type=XML)
    if unusable(question.address) or (question.schema and question.schema != outlook.SETTINGS):
        return HttpResponse(outlook.refusal(outlook.INVALID_REQUEST, at=at), content_type=XML)
    brand = brands.of_domain(question.address.rpartition("@")[2])
    if brand is None:
        return HttpResponse(outlook.refusal(outlook.NO_PROVIDER, at=at), content_type=XML)
    return HttpResponse(outlook.answer(brand, question.address), content_type=XML)


@require_safe
@cache_control(public=True, max_age=3600)
def outlook_json(request: HttpRequest, address: str = "") -> HttpResponse:
    host = request.get_host()
    protocol = request.GET.get("Protocol", request.GET.get("protocol", ""))
    scheme = "https" if settings.HTTPS else "http"
    status, body = outlook.pointer(protocol, url=f"{scheme}://{host}/autodiscover/autodiscover.xml")
    return HttpResponse(body, status=status, content_type="application/json")


@require_safe
@cache_control(private=True, max_age=0)  # it carries the visitor's form token
def new_device(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def files(request: HttpRequest) -> HttpResponse:
    """The file that was chosen, for the address that was typed: nobody is sent one for a stranger's by a link."""
    if not limit.allowed(request, now=timezone.now()):
        return render(request, "pages/busy.html", {"frame": frame_of(request)}, status=429)
    address = narrow(request.POST.get("address", "")[: LONGEST + 1]).strip().lower()
    brand = None if unusable(address) else brands.of_domain(address.rpartition("@")[2])
    make = FILES.get(request.POST.get("file", ""))
    if brand is None or make is None:
        return _page(request, typed=address, wrong=True)
    found = make(brand, address, spoken())
    response = HttpResponse(found.content, content_type=found.content_type)
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return private(response)


def _page(request: HttpRequest, *, typed: str = "", wrong: bool = False) -> HttpResponse:
    brand = brands.of_host(request.get_host())
    context = {
        "frame": frame_of(request),
        "typed": typed,
        "wrong": wrong,
        "example": f"hanako@{brand.domains[0]}",
        "signed": bool(settings.PROFILE_CERTIFICATE),
        "files": (
            ("apple", _("Profile for an iPhone, an iPad or a Mac")),
            ("msmtp", _("Settings for scripts (msmtp)")),
            ("postfix", _("Settings for a server (Postfix)")),
        ),
    }
    return render(request, "pages/new_device.html", context, status=400 if wrong else 200)


def _apple(brand: Brand, address: str, language: str) -> File:
    content = apple.profile(brand, address, language=language)
    if settings.PROFILE_CERTIFICATE:
        by = apple.signer(certificate=settings.PROFILE_CERTIFICATE, key=settings.PROFILE_KEY)
        content = apple.signed(content, by)
    return File(f"{brand.slug}.mobileconfig", "application/x-apple-aspen-config", content)


def _text(name: str, content: str) -> File:
    return File(name, "text/plain; charset=utf-8", content.encode())


FILES = {
    "apple": _apple,
    "msmtp": lambda brand, address, language: _text("msmtprc.txt", snippets.msmtprc(brand, address)),
    "postfix": lambda brand, address, language: _text("postfix.txt", snippets.postfix(brand, address)),
}
