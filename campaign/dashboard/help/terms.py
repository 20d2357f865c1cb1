"""All words that are explained, each once: the help page shows all, each page's help those that it uses."""

from campaign.dashboard.help.of_logs import LOGS
from campaign.dashboard.help.of_mailings import MAILINGS, NUMBERS
from campaign.dashboard.help.of_standings import STANDINGS

GROUPS = (LOGS, STANDINGS, MAILINGS, NUMBERS)
BY_NAME = {term.name: term for group in GROUPS for term in group.terms}
