"""What happens once when Django starts."""

from contextlib import suppress

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = _("Customers, logs and decisions")

    def ready(self) -> None:
        from campaign import brands, checks  # noqa: F401 (checks registers itself)
        from campaign.tables import WrongFile

        connection_created.connect(leave_plans_uncompiled, dispatch_uid="jit")
        # Permissions are made by the same signal, app by app: the last app is told when all are there.
        post_migrate.connect(bring_roles_in_line, sender=apps.get_app_config("admin"), dispatch_uid="roles")
        with suppress(WrongFile):  # a check says what is wrong with it
            settings.ALLOWED_HOSTS += sorted(brands.web_hosts() - set(settings.ALLOWED_HOSTS))


def bring_roles_in_line(**values: object) -> None:
    """Migrated back to before a permission, the groups are left as they are."""
    from campaign import roles

    with suppress(roles.NoSuchPermission):
        roles.bring_in_line()


def leave_plans_uncompiled(connection: BaseDatabaseWrapper, **values: object) -> None:
    """Compiling a plan takes longer than a page may; nothing here runs long enough to win that back.

    Said once connected: PgBouncer refuses a connection that asks for it in its `options`.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
