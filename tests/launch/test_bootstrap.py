import json
import subprocess
import sys
import time

import pytest

from launch import bootstrap


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """A `.venv` that is only said to be made; what would be done with it is written down."""
    folder = tmp_path / ".venv"
    locks = {name: tmp_path / f"{name}.txt" for name in ("run", "dev")}
    for path in locks.values():
        path.write_text("django==5.2.19 \\\n    --hash=sha256:00\n")
    done = []

    def make(note):
        done.append("make")
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").touch()
        bootstrap._write_note(note)

    monkeypatch.setattr(bootstrap, "VENV", folder)
    monkeypatch.setattr(bootstrap, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(bootstrap, "NOTE", folder / "cohort-install.json")
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    monkeypatch.setattr(bootstrap, "_make_venv", make)
    monkeypatch.setattr(bootstrap, "_pip_install", lambda which, show: done.append(which))
    return done


def test_the_first_start_installs_and_the_second_does_nothing(venv):
    bootstrap.install("run")
    bootstrap.install("run")

    assert venv == ["make", "run"]


def test_the_tests_add_theirs_and_the_run_needs_no_more(venv):
    bootstrap.install("run")
    bootstrap.install("dev")
    bootstrap.install("run")

    assert venv == ["make", "run", "dev"]


def test_a_changed_lock_is_installed_over_what_is_there(venv):
    bootstrap.install("run")
    bootstrap.LOCKS["run"].write_text("django==5.2.20 \\\n    --hash=sha256:01\n")

    bootstrap.install("run")

    assert venv == ["make", "run", "run"]


def test_an_interrupted_install_is_made_anew(venv, monkeypatch):
    def interrupted(which, show):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "_pip_install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.install("run")
    assert json.loads(bootstrap.NOTE.read_text())["state"] == "installing"

    bootstrap.install("run")

    assert venv == ["make", "make", "run"]


def test_a_venv_somebody_made_by_hand_is_kept(venv, monkeypatch):
    monkeypatch.setattr(bootstrap, "_has_pip", lambda: True)
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.touch()

    bootstrap.install("run")

    assert venv == ["run"]


def test_a_python_that_is_gone_is_noticed(venv):
    bootstrap.install("run")
    bootstrap.PYTHON.unlink()

    bootstrap.install("run")

    assert venv == ["make", "run", "make", "run"]


def test_an_install_that_outlives_its_start_is_waited_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "data_folder", lambda: tmp_path)
    sleeper = [sys.executable, "-c", "import time; time.sleep(0.5)"]
    with bootstrap._alone():
        pip = subprocess.Popen(sleeper, close_fds=False)
    began = time.monotonic()

    with bootstrap._alone():
        waited = time.monotonic() - began

    pip.wait()
    assert waited > 0.2
    assert "another start is installing" in capsys.readouterr().out
