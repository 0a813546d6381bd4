"""With a real worker and a real beat, as they run in production."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from redis import Redis

from notifications import heartbeats
from notifications.invitations import invitation_issued
from notifications.models import Delivery
from tests.factories import InvitationFactory
from tests.notifications.conftest import eventually

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
OWN_REDIS = 13  # a database of its own on the same server


@pytest.fixture
def celery(sink, settings, tmp_path, worker_id):
    """Start `celery worker` and the like on the test's own database, mail server and queue."""
    own = urlsplit(settings.REDIS_URL)
    redis_url = urlunsplit(own._replace(path=f"/{OWN_REDIS}"))
    settings.CELERY_BROKER_URL = redis_url
    Redis.from_url(redis_url).flushdb()
    database = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{connection.settings_dict['NAME']}")),
        "BROKER_URL": redis_url,
        "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
        "PYTHONWARNINGS": "ignore",
    }
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", *arguments],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def beat(celery, folder, number):
    return celery("beat", "--schedule", str(folder / f"beat-{number}"), "--pidfile", "")


def worker(celery, number):
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return celery("worker", "--concurrency", "1", "-n", f"test-{number}@%h", *quiet)


def test_two_beats_and_two_workers_send_one_mail_and_show_life(celery, sink, tmp_path):
    invitation_issued(InvitationFactory(email="jordan@example.org"))
    for number in (1, 2):
        beat(celery, tmp_path, number)
        worker(celery, number)
    eventually(lambda: set(heartbeats.latest()) == {"beat", "worker"}, 90)
    eventually(lambda: Delivery.objects.get().state == "sent", 60)
    time.sleep(1)
    assert sink.addresses == ["jordan@example.org"]
