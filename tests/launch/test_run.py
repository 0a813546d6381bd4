"""What `make run` prepares, and when."""

import pytest

from launch import programs, run

TODAY, TOMORROW = "2026-11-22", "2026-11-23"


class Prepared:
    """A supervisor that only notes which commands it is given."""

    def __init__(self):
        self.commands = []

    def run(self, *lanes):
        self.commands += [[program.argv[2] for program in lane] for lane in lanes]


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "database_state", lambda environment: "as migrated")
    monkeypatch.setattr(programs, "static_sources", lambda: "as built")
    (tmp_path / "static").mkdir()

    def prepare(day, demo="1"):
        monkeypatch.setattr(run, "today", lambda: day)
        supervisor = Prepared()
        run.prepare(supervisor, {"DEMO": demo}, tmp_path)
        return supervisor.commands

    return prepare


def test_a_second_start_on_the_same_day_prepares_nothing(prepared):
    assert prepared(TODAY) == [["migrate", "load_demo"], ["build_assets", "collectstatic"]]
    assert prepared(TODAY) == []


def test_on_another_day_the_demo_moves_on_and_nothing_else(prepared):
    prepared(TODAY)

    assert prepared(TOMORROW) == [["load_demo"]]
    assert prepared(TOMORROW) == []


def test_without_demo_mode_no_day_matters(prepared):
    assert prepared(TODAY, demo="0") == [["migrate"], ["build_assets", "collectstatic"]]
    assert prepared(TOMORROW, demo="0") == []
