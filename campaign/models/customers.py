"""A customer is a mailbox: a login, its addresses, a language, where known a client program."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    JAPANESE = "ja", _("Japanese")
    ENGLISH = "en", _("English")


class CustomerQuerySet(models.QuerySet):
    def matching(self, words: str) -> "CustomerQuerySet":
        """By the beginning of a login, address, name, contract or announcement number."""
        words = words.strip().lower()
        if not words:
            return self
        digits = words.replace("-", "")
        found = (
            models.Q(login__startswith=words)
            | models.Q(name__istartswith=words)
            | models.Q(contract__istartswith=words)
            | models.Q(pk__in=Address.objects.filter(address__startswith=words).values("customer"))
        )
        if digits.isdigit() and len(digits) == 9:
            found |= models.Q(holdouts__notices__number=digits)
        return self.filter(found).distinct()


class Customer(models.Model):
    login = models.CharField(max_length=254, unique=True, help_text="lower case, as `user@domain`")
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.JAPANESE)
    contact_address = models.EmailField(blank=True, help_text="where notices go, if not to the mailbox itself")
    contract = models.CharField(max_length=64, blank=True)
    client_program = models.CharField(max_length=64, blank=True, help_text="the guide's name, last one seen")
    client_seen_on = models.DateField(null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.login

    @property
    def notice_address(self) -> str:
        return self.contact_address or self.login


class Address(models.Model):
    """An address the customer sends from; one address is one customer's."""

    address = models.CharField(max_length=254, unique=True, help_text="lower case")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")

    def __str__(self) -> str:
        return self.address
