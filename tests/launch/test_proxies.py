"""The servers of a site, as compose.yaml starts them, in front of applications that tell."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest

from launch import ROOT
from tests.launch.conftest import eventually
from tests.ports import free_port

COMPOSE = (ROOT / "compose.yaml").read_text()
LIES = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.7",
    "SCRIPT_NAME": "/elsewhere",
}
PAGES = """
def application(environ, start_response):
    start_response("200 OK", [])
    names = ("wsgi.url_scheme", "REMOTE_ADDR", "SCRIPT_NAME")
    return [" ".join(environ.get(name, "") for name in names).strip().encode()]
"""
SOCKETS = """
async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    words = " ".join((scope["scheme"], scope["client"][0], scope["root_path"])).strip()
    await send({"type": "http.response.body", "body": words.encode()})
"""


def live_options() -> list[str]:
    """What the service `live` gives uvicorn, apart from where it listens."""
    (command,) = re.findall(
        r"- uvicorn\n\s+- config.asgi:application\n(.*?)healthcheck", COMPOSE, re.S
    )
    options = re.findall(r"- (--\S+)", command)
    return [option for option in options if not option.startswith(("--host", "--port"))]


@pytest.mark.parametrize("server", ["web", "live"])
def test_nobody_is_believed_about_where_they_come_from(server, tmp_path):
    port = free_port()
    (tmp_path / "told.py").write_text(PAGES if server == "web" else SOCKETS)
    command = {
        "web": ["gunicorn", "told", "--config", "python:deploy.pages", "--no-control-socket"],
        "live": ["uvicorn", "told:application", "--port", str(port), *live_options()],
    }[server]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(tmp_path),
            "BIND": f"127.0.0.1:{port}",
            "WEB_WORKERS": "1",
        },
    )
    try:
        url = f"http://127.0.0.1:{port}/"
        assert eventually(lambda: answer(url), 20)
        assert answer(url, LIES) == "http 127.0.0.1"
    finally:
        process.terminate()
        process.wait(10)


def answer(url: str, headers: dict[str, str] | None = None) -> str:
    try:
        request = urllib.request.Request(url, headers=headers or {})
        with urllib.request.urlopen(request, timeout=4) as response:
            return response.read().decode()
    except OSError:
        return ""
