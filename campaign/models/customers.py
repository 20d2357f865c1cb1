"""A customer is a mailbox: a login, its addresses, a language, where known a client program."""

import re
from functools import reduce
from operator import or_

from django.db import models
from django.db.models.functions import Lower, Replace, StrIndex, Substr
from django.utils.translation import gettext_lazy as _

from campaign.models import lookups  # noqa: F401, registers `begins`
from campaign.models.spellings import narrow, spellings

NUMBER_LENGTH = 9  # of an announcement number
HYPHENS = re.compile(r"[\s\u2010-\u2015\u2212\u30fc-]+")  # what people and input methods put between its digits

BLANKS = re.compile("[ \u3000]+")  # people write names with a narrow one, input methods with a wide one, or none
LONGEST_TURNED = 16  # characters of a name that may have been typed with the given name first, and without a blank
MOST_WORDS = 5  # of a name


class Language(models.TextChoices):
    JAPANESE = "ja", _("Japanese")
    ENGLISH = "en", _("English")


class CustomerQuerySet(models.QuerySet):
    def matching(self, words: str, *, at_most: int | None = None) -> "CustomerQuerySet":
        """By the beginning of a login, address, name, contract or announcement number.

        With `at_most`, each of these names so many and no more: not all are looked at for a short word.

        One index search each: with OR instead of UNION, PostgreSQL would read the whole table.
        """
        words = words.replace("\0", "").strip()
        if not words:
            return self
        plain = narrow(words)  # an input method may have left full-width letters and digits
        found = Customer.objects.filter(login__begins=plain.lower()).values("pk")
        others = [
            Address.objects.filter(address__begins=plain.lower()).values("customer"),
            *(Customer.objects.filter(name_key__begins=name).values("pk") for name in spellings(BLANKS.sub("", words))),
            Customer.objects.filter(contract__begins=plain).values("pk"),
            Customer.objects.filter(contract__begins=plain.upper()).values("pk"),
        ]
        number = HYPHENS.sub("", plain)
        if len(number) == NUMBER_LENGTH and number.isdecimal():
            others.append(Customer.objects.filter(holdouts__notices__number=number).values("pk"))
        if at_most is not None:
            found, *others = (
                Customer.objects.filter(pk__in=each.distinct()[:at_most]).values("pk") for each in (found, *others)
            )
        return self.filter(pk__in=found.union(*others))

    def keys_for(self, words: str, *, at_most: int) -> list[int]:
        """Of the customers that a search finds, so many and no more: first those that begin so (`matching`).

        Then those whose name has the words somewhere inside: the given name alone, or before the family name.
        One question each, so that none looks at more than are wanted.
        """
        found: list[int] = []
        for some in (self.matching(words, at_most=at_most).order_by("pk"), self.turned(words), self.named(words)):
            if len(found) < at_most:
                keys = some.values_list("pk", flat=True)[:at_most]
                found = list(dict.fromkeys([*found, *sorted(keys)]))[:at_most]
        return found

    def named(self, words: str) -> "CustomerQuerySet":
        """By what is inside the words of a name, in any order; a single character begins one."""
        ways = [_has_all(parts) for spelled in spellings(words) if (parts := _parts(spelled))]
        return self.filter(reduce(or_, ways)) if ways else self.none()

    def turned(self, words: str) -> "CustomerQuerySet":
        """By the whole name, typed without a blank and with the given name first."""
        names = [parts[0] for spelled in spellings(words) if len(parts := _parts(spelled)) == 1]
        turned = {
            name[place:] + name[:place]
            for name in names
            if len(name) <= LONGEST_TURNED
            for place in range(1, len(name))
        }
        # In an order, or PostgreSQL reads all names, in the belief that among so many it soon has found enough.
        return self.filter(name_key__in=turned).order_by("name_key") if turned else self.none()


def _parts(words: str) -> list[str]:
    """Of a name, as it was typed; what is beyond a few is no name any more."""
    return [part for part in BLANKS.split(words.replace("\0", "")) if part][:MOST_WORDS]


def _has_all(parts: list[str]) -> models.Q:
    has_all = models.Q(name__pairs={pair for part in parts for pair in _pairs(part)})
    for part in parts:
        has_all &= models.Q(name__icontains=part) if len(part) > 1 else _begins_a_word(part)
    return has_all


def _pairs(part: str) -> set[str]:
    """What the index has of a part of a name: its pairs, or of a single character that a word begins with it."""
    return {part[place : place + 2] for place in range(len(part) - 1)} or {f" {part}"}


def _begins_a_word(character: str) -> models.Q:
    inside = models.Q(name__icontains=f" {character}") | models.Q(name__icontains=f"\u3000{character}")
    return models.Q(name_key__startswith=character) | inside


class Customer(models.Model):
    """One mailbox of the provider's list, and the mail program that its owner was last seen with."""

    login = models.CharField(_("login"), max_length=254, unique=True, help_text=_("lower case, as `user@domain`"))
    domain = models.GeneratedField(
        expression=Substr("login", StrIndex("login", models.Value("@")) + 1),
        output_field=models.CharField(max_length=254),
        db_persist=True,
        db_index=True,
        help_text=_("of the login, by which brands are told apart; the whole login where it has none"),
        verbose_name=_("domain"),
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    name_key = models.GeneratedField(
        expression=Lower(Replace(Replace("name", models.Value(" ")), models.Value("\u3000"))),
        output_field=models.CharField(max_length=200),
        db_persist=True,
        db_index=True,
        help_text=_("what a search for the name compares: without blanks, narrow or wide; the database keeps it"),
        verbose_name=_("name for the search"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.JAPANESE)
    contact_address = models.EmailField(
        _("contact address"), blank=True, help_text=_("where notices go, if not to the mailbox itself")
    )
    contract = models.CharField(_("contract"), max_length=64, blank=True, db_index=True)
    client_program = models.CharField(
        _("mail program"), max_length=64, blank=True, help_text=_("the guide's name, last one seen")
    )
    client_seen_on = models.DateField(_("mail program seen on"), null=True, blank=True)
    client_told_on = models.DateField(
        _("mail program told on"),
        null=True,
        blank=True,
        help_text=_("the customer said so; the logs of a later day know better"),
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [("export_customer", "Can save lists of customers as a file")]

    def __str__(self) -> str:
        return self.login

    @property
    def notice_address(self) -> str:
        return self.contact_address or self.login


class Address(models.Model):
    """An address the customer sends from; one address is one customer's."""

    address = models.CharField(max_length=254, unique=True, help_text="lower case")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")

    class Meta:
        verbose_name = _("sender address")
        verbose_name_plural = _("sender addresses")

    def __str__(self) -> str:
        return self.address
