import os
import socket
from pathlib import Path

import pytest

from launch import ports


@pytest.fixture
def listener():
    with socket.create_server((ports.HERE, 0)) as listener:
        yield listener


def test_a_port_is_taken_only_while_somebody_listens(listener):
    port = listener.getsockname()[1]
    assert ports.is_taken(port)

    listener.close()

    assert not ports.is_taken(port)


def test_a_port_is_taken_by_a_server_on_all_addresses():
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        assert ports.is_taken(everywhere.getsockname()[1])


def test_next_free_passes_over_taken_ports(listener):
    taken = listener.getsockname()[1]

    assert ports.next_free(after=taken - 1) > taken


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc, which is Linux's")
def test_holder_names_the_program_and_its_process(listener):
    told = ports.holder(listener.getsockname()[1])

    assert told is not None
    assert told.endswith(f"(process {os.getpid()})")
    assert ports.holder(ports.free_port()) is None
