"""The guide of a customer's program as sentences to read out on the phone, in the customer's language."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from campaign import brands
from campaign.dashboard import noting
from campaign.dashboard.shell import show
from campaign.models import Customer
from campaign.models.customers import Language
from notices.guides import catalog
from notices.guides.script import Script, script


@dataclass(frozen=True)
class Option:
    value: str
    title: str
    chosen: bool


def page(request: HttpRequest, *, pk: int) -> HttpResponse:
    """`?program=` and `?language=` are for a customer who has, or speaks, another one than is known."""
    customer = get_object_or_404(Customer, pk=pk)
    noting.seen(request, customer, "script")
    known = {client.name: client.title[get_language()] for client in catalog.clients()}
    asked = request.GET.get("program", "")
    program = asked if asked in known else catalog.client(customer.client_program).name
    spoken = request.GET.get("language", "")
    language = spoken if spoken in Language.values else customer.language
    brand = brands.of_login(customer.login)
    read_out: Script = script(program, language, brand)
    values = {
        "person": customer.name or customer.login,
        "pk": customer.pk,
        "script": read_out,
        "brand": brand.name[get_language()],
        "language_of_it": language,
        "programs": [Option(name, title, name == program) for name, title in known.items()],
        "languages": [Option(code, str(title), code == language) for code, title in Language.choices],
    }
    return show(request, "script.html", values)
