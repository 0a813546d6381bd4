import os
import signal
from dataclasses import replace

from launch import processes
from tests.launch.conftest import eventually

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
LEAVES_A_CHILD = """
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path({path!r}).write_text(str(child.pid))
"""


def test_marks_come_back_as_they_were_written(run_dir):
    marks = [processes.Mark("beat", 2, "20"), processes.Mark("web", 1, "10", stage=1, grace=2.5)]

    for mark in marks:
        processes.write_mark(run_dir, mark)

    assert processes.read_marks(run_dir) == marks


def test_torn_and_foreign_files_are_no_marks(run_dir):
    (run_dir / "torn.json").write_text('{"name": "we')
    (run_dir / "foreign.json").write_text('{"colour": "green"}')
    (run_dir / "list.json").write_text("[]")

    assert processes.read_marks(run_dir) == []


def test_leftovers_are_stopped_and_their_marks_removed(run_dir, start):
    mark = start(name="web")
    processes.write_mark(run_dir, mark)

    assert processes.stop_leftovers(run_dir) == ["web"]
    assert not processes.is_alive(mark)
    assert list(run_dir.iterdir()) == []


def test_a_stranger_who_wears_an_old_id_is_left_alone(run_dir, start):
    stranger = start()
    processes.write_mark(run_dir, replace(stranger, name="web", started="long ago"))

    assert processes.stop_leftovers(run_dir) == []
    assert processes.is_alive(stranger)
    assert list(run_dir.iterdir()) == []


def test_a_process_that_does_not_listen_is_killed_after_its_grace(start):
    mark = start(STUBBORN, grace=0.3)
    assert eventually(lambda: _ignores(mark.pid, signal.SIGTERM))

    processes.stop([mark])

    assert not processes.is_alive(mark)


def test_children_left_behind_by_a_dead_leader_are_stopped_too(run_dir, start, tmp_path):
    path = tmp_path / "child"
    leader = start(LEAVES_A_CHILD.format(path=str(path)))
    assert eventually(lambda: not processes.is_alive(leader))
    child = int(path.read_text())
    assert processes.started_at(child)

    processes.stop([leader])

    assert eventually(lambda: processes.started_at(child) is None)


def test_lower_stages_have_ended_before_higher_ones_are_asked(start, tmp_path):
    order = tmp_path / "order"
    script = """
import signal, sys, time
def leave(*_):
    time.sleep({slow}); open({path!r}, "a").write({name!r}); sys.exit()
signal.signal(signal.SIGTERM, leave)
signal.pause()
"""
    marks = [
        start(script.format(path=str(order), name=name, slow=slow), name=name, stage=stage)
        for name, slow, stage in (("d", 0, 2), ("w", 0.3, 0))
    ]
    assert eventually(lambda: all(_catches(mark.pid, signal.SIGTERM) for mark in marks))

    processes.stop(marks)

    assert order.read_text() == "wd"


def test_this_process_has_a_command_line():
    assert "python" in processes.command_of(os.getpid())


def _ignores(pid: int, number: int) -> bool:
    return _has_signal(pid, "SigIgn", number)


def _catches(pid: int, number: int) -> bool:
    return _has_signal(pid, "SigCgt", number)


def _has_signal(pid: int, field: str, number: int) -> bool:
    with open(f"/proc/{pid}/status") as status:  # noqa: PTH123
        masks = dict(line.split(":", 1) for line in status)
    return bool(int(masks[field], 16) >> (number - 1) & 1)
