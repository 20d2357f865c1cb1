"""What happens once when Django starts."""

from contextlib import suppress

from django.apps import AppConfig
from django.conf import settings


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = "Campaign"

    def ready(self) -> None:
        from campaign import brands, checks  # noqa: F401 (checks registers itself)
        from campaign.tables import WrongFile

        with suppress(WrongFile):  # a check says what is wrong with it
            settings.ALLOWED_HOSTS += sorted(brands.web_hosts() - set(settings.ALLOWED_HOSTS))
