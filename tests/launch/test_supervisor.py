import os
import signal
import threading
import time

import pytest

from launch import processes
from launch.console import Trouble
from launch.supervisor import Program, Stopped
from tests.launch.conftest import eventually, python, sleeper


def test_a_crashed_program_starts_again_and_that_is_said(supervisor, capsys):
    first = supervisor.start(sleeper("web"))
    first.pause = 0.1
    os.kill(first.process.pid, signal.SIGKILL)

    assert eventually(lambda: supervisor.check() or supervisor.children["web"] is not first)
    again = supervisor.children["web"]

    assert processes.is_alive(again.mark)
    assert [mark.pid for mark in processes.read_marks(supervisor.run_dir)] == [again.process.pid]
    told = capsys.readouterr().err
    assert "web ended (killed by SIGKILL)" in told
    assert "web is started again" in told


def test_pauses_between_crashes_grow_and_end_at_half_a_minute(supervisor):
    supervisor.start(Program("web", python("raise SystemExit(3)")))
    pauses = []

    for _ in range(7):
        child = supervisor.children["web"]
        child.process.wait()
        supervisor.check()
        pauses.append(child.pause)
        child.again_at = time.monotonic()
        supervisor.check()

    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_stop_leaves_no_process_and_no_mark(supervisor):
    children = [supervisor.start(sleeper(name)) for name in ("web", "worker", "beat")]

    supervisor.stop()

    assert [processes.is_alive(child.mark) for child in children] == [False, False, False]
    assert processes.read_marks(supervisor.run_dir) == []


def test_a_program_that_ends_while_starting_is_told_with_its_last_words(supervisor):
    script = "print('no disk left'); raise SystemExit(1)"
    child = supervisor.start(Program("web", python(script), is_ready=lambda pid: False))

    with pytest.raises(Trouble, match="web ended while it was starting") as trouble:
        supervisor.wait_until_ready(child)

    assert "no disk left" in str(trouble.value)


def test_a_program_that_is_never_ready_is_told(supervisor):
    child = supervisor.start(sleeper("web", is_ready=lambda pid: False))

    with pytest.raises(Trouble, match="web was not ready within 0 s"):
        supervisor.wait_until_ready(child, seconds=0.1)


def test_lanes_run_side_by_side_and_each_in_its_order(supervisor, tmp_path):
    def note(text: str, needs: str = "") -> Program:
        wait = f"while not p.joinpath({needs!r}).exists(): time.sleep(0.01)"
        script = f"import pathlib, time; p = pathlib.Path({str(tmp_path)!r})\n"
        script += f"{wait if needs else ''}\np.joinpath({text!r}).touch()"
        return Program(text, python(script))

    # Neither lane can end unless the other runs at the same time.
    supervisor.run([note("a1"), note("a2", needs="b1")], [note("b1", needs="a1")])

    assert {"a1", "a2", "b1"} <= {path.name for path in tmp_path.iterdir()}
    assert supervisor.children == {}


def test_a_failing_program_ends_its_lane(supervisor, tmp_path):
    fails = Program("migrate", python("print('no such table'); raise SystemExit(1)"))
    after = Program("after", python(f"open({str(tmp_path / 'after')!r}, 'w')"))

    with pytest.raises(Trouble, match="migrate failed"):
        supervisor.run([fails, after])

    assert not (tmp_path / "after").exists()


def test_output_of_a_program_is_only_that_of_this_run(supervisor):
    for word in ("before", "now"):
        told = supervisor.output_of(Program("told", python(f"print({word!r})")))

    assert told == "now\n"


def test_a_signal_ends_every_wait(supervisor):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    supervisor.listen_for_signals()
    try:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        with pytest.raises(Stopped):
            supervisor.watch()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_the_end_of_the_parent_is_the_end_of_the_group(supervisor):
    supervisor.parent = os.getppid()
    supervisor.pause(0)

    supervisor.parent = 1 if os.getppid() != 1 else 2

    with pytest.raises(Stopped):
        supervisor.pause(0)


def test_a_command_in_front_gives_its_exit_status(supervisor):
    assert supervisor.run_in_front(python("raise SystemExit(7)"), os.environ) == 7
    assert supervisor.run_in_front(python("pass"), os.environ) == 0
    assert processes.read_marks(supervisor.run_dir) == []
