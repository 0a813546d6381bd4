"""Frames that are written past the server are what it would have written itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from sessions.hub.wire import Wire, encoded


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_a_frame_is_what_a_server_writes(message):
    is_text = isinstance(message, str)
    frame = Frame(
        Opcode.TEXT if is_text else Opcode.BINARY, message.encode() if is_text else message
    )
    assert encoded((message,)) == frame.serialize(mask=False)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size(size):
    frame = Frame(Opcode.BINARY, b"x" * size)
    assert encoded((b"x" * size,)) == frame.serialize(mask=False)


def test_another_server_writes_for_itself():
    async def send(message):
        raise AssertionError(message)

    assert Wire(send).write(("Hello",)) is False
