import gc

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Mailings and notices")

    def ready(self) -> None:
        from notices import checks  # noqa: F401

        gc.freeze()  # what is there now stays
        gc.enable()
