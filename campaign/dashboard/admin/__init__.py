"""The administration at /staff/admin/: staff and their roles, exemptions, the cut-off date; all else is looked at."""

from campaign.dashboard.admin import reference, shown  # noqa: F401, register their models
from campaign.dashboard.admin.frame import site

__all__ = ["site"]
