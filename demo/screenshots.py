"""The pictures of the README, taken from the demo: `make screenshots`.

Runs where PostgreSQL and Redis are up (`python -m launch exec`); needs Chromium.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FLAGS = [
    "--disable-background-networking", "--disable-component-update", "--disable-gpu",
    "--disable-quic", "--disable-sync", "--no-first-run", "--no-sandbox",
]  # fmt: skip
FOLDER = Path("docs/screenshots")


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    width: int = 1440
    height: int = 960
    scheme: str = "light"
    person: str = "member"


def shots(cohort: str, session: int, thread: int) -> list[Shot]:
    base = f"/c/{cohort}"
    return [
        Shot("home", f"{base}/"),
        Shot("home-phone-dark", f"{base}/", width=390, height=844, scheme="dark"),
        Shot("thread", f"{base}/discussions/{thread}/"),
        Shot("session-dark", f"{base}/sessions/{session}/", scheme="dark"),
        Shot("year-phone", f"{base}/year/", width=390, height=844),
        Shot("library", f"{base}/library/", width=820, height=1100),
        Shot("console", f"{base}/console/", person="facilitator"),
    ]


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for command in (["migrate", "-v0"], ["build_assets"], ["load_demo"]):
        subprocess.run([sys.executable, "manage.py", *command], check=True)  # noqa: S603
    django.setup()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port),
         "--log-level", "warning"],
        env={**os.environ, "BASE_URL": f"http://127.0.0.1:{port}"},
    )  # fmt: skip
    try:
        _wait(port)
        _take(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    ends = time.monotonic() + 40
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("the demo did not start")


def _cookie(person: str) -> dict[str, str]:
    """A session of the demo's person of that role."""
    from django.test import Client

    from cohort.models import Membership

    member = Membership.objects.active().filter(role=person, team__isnull=person != "member")
    client = Client()
    client.force_login(
        member.select_related("user").order_by("pk")[3 if person == "member" else 0].user
    )
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def _take(url: str) -> None:
    from playwright.sync_api import sync_playwright

    from cohort.models import Cohort
    from forums.models import Thread
    from sessions.models import LearningSession

    cohort = Cohort.objects.earliest("pk")
    session = LearningSession.objects.filter(cohort=cohort).exclude(summary="").latest("starts_at")
    thread = Thread.objects.filter(cohort=cohort, space__audience="cohort").order_by(
        "-reply_count"
    )[0]
    wanted = shots(cohort.slug, session.pk, thread.pk)
    cookies = {person: _cookie(person) for person in {shot.person for shot in wanted}}
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = next(
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for shot in wanted:
            context = browser.new_context(
                base_url=url,
                viewport={"width": shot.width, "height": shot.height},
                color_scheme=shot.scheme,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            context.add_cookies([{**cookies[shot.person], "url": url}])  # type: ignore[typeddict-item]
            page = context.new_page()
            page.goto(shot.path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{shot.name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
