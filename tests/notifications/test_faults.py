"""A short run of `make faults`: real workers and beats, one killed; a server that drops."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from launch import ROOT

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
OWN_REDIS = 12  # a database of its own on the same server


def test_nothing_is_lost_or_wrongly_doubled_while_a_worker_is_killed():
    database = urlsplit(os.environ["DATABASE_URL"])
    queue = urlsplit(settings.REDIS_URL)._replace(path=f"/{OWN_REDIS}")
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{connection.settings_dict['NAME']}")),
        "BROKER_URL": urlunsplit(queue),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", "--some"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "0 lost, 0 doubled that must not be."
