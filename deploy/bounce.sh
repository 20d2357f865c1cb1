#!/bin/sh
# Hands a message that came back to the campaign. Whatever fails, also the settings or the installation
# itself, the mail server keeps the message and tries again (75 is EX_TEMPFAIL of sysexits.h).
cd "${CAMPAIGN_HOME:-/opt/campaign}" || exit 75
settings="${CAMPAIGN_ENV:-/etc/campaign.env}"
[ -r "$settings" ] || exit 75
set -a
. "$settings"
set +a
.venv/bin/python manage.py bounce "$@" || exit 75
