"""What comes in over a socket is anything; it becomes a frame or a reason."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.protocol import FRAME_LIMIT, BadFrame, Resume, Say, read

# Fixed: parallel test processes must name their cases alike.
ID = uuid.UUID("1d74bf23-db15-4844-bc79-429143bd9d01")


def test_the_two_frames_there_are():
    assert read('{"type": "resume", "after_seq": 7, "after_rev": 2, "epoch": "x"}') == Resume(
        7, 2, "x"
    )
    assert read(json.dumps({"type": "msg", "client_id": str(ID), "text": "Hi"})) == Say(ID, "Hi")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (None, "bad_frame"),
        ("", "bad_frame"),
        ("nope", "bad_frame"),
        ("[1]", "bad_frame"),
        ("[" * 16_000, "bad_frame"),
        ("9" * 16_000, "bad_frame"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": ["msg"]}', "unknown_type"),
        ('{"type": "resume"}', "bad_frame"),
        ('{"type": "resume", "after_seq": -1}', "bad_frame"),
        ('{"type": "resume", "after_seq": true}', "bad_frame"),
        ('{"type": "resume", "after_seq": 1.5}', "bad_frame"),
        ('{"type": "resume", "after_seq": 99999999999999999999}', "bad_frame"),
        ('{"type": "msg", "client_id": "x", "text": "Hi"}', "bad_frame"),
        ('{"type": "msg", "client_id": 5, "text": "Hi"}', "bad_frame"),
        (json.dumps({"type": "msg", "client_id": str(ID), "text": ["Hi"]}), "bad_frame"),
        ("x" * (FRAME_LIMIT + 1), "too_big"),
        ("é" * (FRAME_LIMIT // 2 + 1), "too_big"),
    ],
)
def test_everything_else_is_refused_with_a_reason(frame, code):
    with pytest.raises(BadFrame) as refused:
        read(frame)
    assert refused.value.code == code


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
    | st.fixed_dictionaries({"type": st.sampled_from(["msg", "resume"])})
)
def test_no_json_breaks_it(value):
    with pytest.raises(BadFrame):
        read(json.dumps(value))
