"""What is measured against: scale data, signed-in readers, and where PostgreSQL runs."""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import django
import psutil


@dataclass(frozen=True)
class World:
    """Addresses and cookies of the measured site."""

    slug: str
    reader: str  # a session cookie
    thread_1: int
    thread_50: int
    thread_1000: int
    session: int
    database: psutil.Process


def settle_environment() -> None:
    """Production's settings, but for TLS: there is none between processes of one machine."""
    os.environ.update(
        DEBUG="0",
        DEMO="0",
        BASE_URL="http://127.0.0.1:8000",
        ALLOWED_HOSTS="127.0.0.1",
        EMAIL_URL=os.environ.get("BENCH_EMAIL_URL", "smtp://127.0.0.1:2525"),
        LOG_LEVEL="WARNING",
    )
    os.environ.setdefault("SECRET_KEY", "benchmark-" * 6)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def manage(*command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], check=True)


def prepare(*, people: int, threads: int, posts: int, messages: int, resources: int = 0) -> World:
    """Build assets and data, and sign one reader in."""
    manage("migrate", "--verbosity", "0")
    manage("build_assets")
    manage("collectstatic", "--noinput", "--verbosity", "0")
    manage(
        "load_scale", "--people", str(people), "--threads", str(threads), "--posts", str(posts),
        "--messages", str(messages), "--resources", str(resources),
    )  # fmt: skip
    django.setup()
    from cohort.models import Membership
    from demo.scale import SLUG
    from forums.models import Thread
    from sessions.models import LearningSession

    # Neither a facilitator nor the author of much: an ordinary member.
    reader = Membership.objects.filter(cohort__slug=SLUG).order_by("pk")[4]
    thread = {
        size: Thread.objects.get(title=f"Measured thread of {size} posts").pk for size in (50, 1000)
    }
    return World(
        slug=SLUG,
        reader=cookies([reader.user_id])[0],
        thread_1=_thread_of_one(reader, beside=thread[50]),
        thread_50=thread[50],
        thread_1000=thread[1000],
        session=LearningSession.objects.get(cohort__slug=SLUG).pk,
        database=postmaster(),
    )


def _thread_of_one(author: Any, *, beside: int) -> int:
    """A thread that nobody has answered, in the same space as another."""
    from cohort.models import Theme
    from forums.models import Space
    from forums.services import start_thread

    thread = start_thread(
        space=Space.objects.get(threads=beside),
        author=author,
        title="Measured thread of 1 post",
        body="<p>Nobody has answered this yet.</p>",
        themes=Theme.objects.top()[:1],
    )
    return thread.pk


def cookies(user_pks: list[int]) -> list[str]:
    """A signed-in session for each user, as a Cookie header."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from cohort.models import User

    made = []
    for user in User.objects.filter(pk__in=user_pks).order_by("pk"):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        made.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return made


def postmaster() -> psutil.Process:
    """PostgreSQL's own first process, whose children do the work; on this machine only."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    parent = backend.parent()
    if parent is None:
        raise RuntimeError("PostgreSQL runs on another machine: its CPU cannot be measured")
    return parent
