"""`make faults`: run every trial and print the ledger; `ARGS=--rooms` those of live rooms only."""

import os
import subprocess
import sys

import django


def main() -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.faults.settings", "LOG_LEVEL": "WARNING"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--no-input", "-v0"], check=True)
    django.setup()
    from benchmarks.faults.trials import run_all

    return run_all(*sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
