#!/usr/bin/env python3
"""The operator's door to the product: `python manage.py help` lists the commands."""

import gc
import os
import sys


def main() -> None:
    gc.disable()  # nothing that is imported is garbage; notices/apps.py, the last to be ready, turns it on
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
