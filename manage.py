#!/usr/bin/env python
"""Django's command line for Cohort."""

import json
import os
import sys
from pathlib import Path

# What a running `make run` has noted of its settings (launch/run.py).
NOTED = Path(__file__).resolve().parent / ".data" / "run" / "environment"


def borrow_settings() -> None:
    """Without settings of its own, a command works on the data of the running demo."""
    if "DATABASE_URL" not in os.environ and os.access(NOTED, os.R_OK):
        for name, value in json.loads(NOTED.read_text()).items():
            os.environ.setdefault(name, value)


def main() -> None:
    borrow_settings()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
