from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = "Campaign"

    def ready(self) -> None:
        # Here, not in __init__.py: the parsers import `campaign.logs` and must start light.
        from campaign import celery, checks  # noqa: F401
