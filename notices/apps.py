import gc

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "Notices"

    def ready(self) -> None:
        from notices import checks  # noqa: F401

        gc.freeze()  # what is there now stays
        gc.enable()
