"""A browser before a real site: Chromium, and the product served by uvicorn on the test database.

Without Chromium these tests are skipped, and `make test` says so.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import ensure_themes
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]

PATIENCE = 15_000  # milliseconds: other tests run beside these


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


# Also what the browser refuses without a word in its console.
TELL_REFUSALS = """addEventListener("securitypolicyviolation", refused => console.error(
  "Content Security Policy:", refused.violatedDirective, refused.blockedURI))"""


class Site:
    """The running product. `stop` and `start` are a restart as an operator would do it."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.environment = {
            **os.environ,
            "DATABASE_URL": _test_database_url(),
            "BASE_URL": self.url,
            "DEMO": "1",
            "DEBUG": "1",
            "EMAIL_URL": "",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "LOG_LEVEL": "WARNING",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        self._spawn(
            "web", "uvicorn", "config.asgi:application", "--port", str(self.port),
            "--log-level", "warning",
        )  # fmt: skip
        ends = time.monotonic() + 150
        while time.monotonic() < ends:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        raise TimeoutError(f"the site did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self._end("web")

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def close(self) -> None:
        for name in list(self.processes):
            self._end(name)

    def _spawn(self, name: str, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def _end(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _test_database_url() -> str:
    named = connection.settings_dict
    where = f"{named['HOST']}:{named['PORT']}" if named["PORT"] else named["HOST"]
    return f"postgres://{named['USER']}:{named['PASSWORD']}@{where}/{named['NAME']}"


@pytest.fixture
def site(transactional_db, tmp_path) -> Iterator[Site]:
    ensure_themes()
    site = Site(tmp_path / "site.log")
    site.start()
    yield site
    site.close()


@pytest.fixture(scope="module")
def chromium(request):
    """Closed with its module: an open Playwright leaves its event loop running in this thread."""
    # Playwright's own event loop must not make Django think that it is called from async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=CHROMIUM_FLAGS,
            slow_mo=request.config.getoption("--slow-hands"),
        )
        yield browser
        browser.close()


@pytest.fixture
def window(chromium, site, request) -> Iterator[Callable]:
    """Opens windows of their own (cookies apart): `window(mia)` is one where mia is signed in.

    A script error or a refusal by the content security policy fails the test.
    """
    contexts, troubles = [], []
    slowness = request.config.getoption("--slow-browser")
    latency = request.config.getoption("--slow-network")

    def open_window(person=None, *, width=1280, height=900, scheme="light", **options):
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.add_init_script(TELL_REFUSALS)
        if person is not None:
            context.add_cookies([{**signed_in_cookie(person), "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        if slowness > 1 or latency:
            _slow(context.new_cdp_session(page), slowness, latency)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text)
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert troubles == []


def _slow(devtools, slowness: int, latency: int) -> None:
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowness})
    devtools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def signed_in_cookie(person) -> dict[str, str]:
    from django.test import Client

    client = Client()
    client.force_login(getattr(person, "user", person))
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }


@pytest.fixture
def accessible() -> Callable:
    """Runs axe-core on a page as it stands and asserts that it finds nothing (WCAG 2.2 AA)."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page) -> None:
        found = Axe().run(
            page,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
        )
        assert [
            (rule["id"], [node["target"] for node in rule["nodes"]])
            for rule in found.response["violations"]
        ] == []

    return check


@pytest.fixture
def files(tmp_path):
    """Writes a file to be chosen: `files("a.pdf", data)` is its path."""

    def written(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return written
