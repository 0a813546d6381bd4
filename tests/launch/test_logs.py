import io
from pathlib import Path

import pytest

from launch.logs import SHOWN_AT_ONCE, Echo, LogFile, follow

ERROR = """\
2026-11-02 10:00:00 INFO cohort started
2026-11-02 10:00:01 ERROR django.request Internal Server Error: /c/river/
Traceback (most recent call last):
  File "views.py", line 3, in home
ValueError: no such thing
2026-11-02 10:00:02 INFO cohort goes on
"""


@pytest.fixture
def log(tmp_path) -> LogFile:
    return LogFile(tmp_path / "web.log", limit=1000)


def test_everything_is_kept_and_errors_are_shown_whole(log, capsys):
    follow(io.BytesIO(ERROR.encode()), log, Echo("web", log.path))

    assert log.path.read_text() == ERROR
    shown = capsys.readouterr().err.splitlines()
    assert [line.removeprefix("  web | ") for line in shown] == ERROR.splitlines()[1:-1]


def test_a_flood_of_errors_is_cut(log, capsys):
    echo = Echo("web", Path("web.log"))

    for _ in range(500):
        echo.line("ERROR again")

    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == SHOWN_AT_ONCE + 1
    assert shown[-1] == "  web | … more in web.log"


def test_a_full_file_is_moved_aside_and_the_oldest_is_dropped(log):
    for number in range(600):
        log.write(b"%09d\n" % number)

    kept = sorted(path.name for path in log.path.parent.iterdir())
    assert kept == ["web.log", "web.log.1", "web.log.2", "web.log.3"]
    assert all(path.stat().st_size <= 1010 for path in log.path.parent.iterdir())
    assert log.path.read_text().endswith("000000599\n")


def test_a_full_disk_does_not_stop_the_reading(log, monkeypatch):
    monkeypatch.setattr(log, "write", _no_space)
    source = io.BytesIO(b"one\ntwo\n")

    follow(source, log, Echo("web", log.path))

    assert source.read() == b""


def _no_space(line: bytes) -> None:
    raise OSError(28, "No space left on device")
