"""Shared notes: whatever order updates come in, nobody's words are lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from sessions import queries
from sessions.models import NOTES_LIMIT, SharedNotes
from sessions.services import notes
from sessions.services.refusals import Refused
from tests.factories import SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort)


def written(session):
    return queries.notes_of(session).text


def somebodys(session):
    """A window: a document of its own, as the server has it now."""
    return notes.document(notes.load(session.pk).state)


def test_two_who_write_at_once_keep_what_both_wrote(session):
    mias, theos = somebodys(session), somebodys(session)
    mias[notes.ROOT] += "Mia: buses."
    theos[notes.ROOT] += "Theo: rooms."

    for doc in (mias, theos, mias):
        notes.save(session_pk=session.pk, update=doc.get_update())

    assert sorted(written(session).split(".")) == ["", "Mia: buses", "Theo: rooms"]
    assert SharedNotes.objects.get().version == 2


def test_deleting_and_writing_at_once_meet(session):
    first = somebodys(session)
    first[notes.ROOT] += "one two three"
    notes.save(session_pk=session.pk, update=first.get_update())
    mias, theos = somebodys(session), somebodys(session)
    del mias[notes.ROOT][4:8]
    theos[notes.ROOT] += " four"

    for doc in (mias, theos):
        notes.save(session_pk=session.pk, update=doc.get_update())

    assert written(session) == "one three four"


def test_saving_what_is_there_already_changes_nothing(session):
    doc = somebodys(session)
    doc[notes.ROOT] += "Once."

    first = notes.save(session_pk=session.pk, update=doc.get_update())
    again = notes.save(session_pk=session.pk, update=doc.get_update())

    assert first == again
    assert again.version == 1


def test_full_notes_refuse_more(session):
    doc = somebodys(session)
    doc[notes.ROOT] += "x" * (NOTES_LIMIT + 1)

    with pytest.raises(Refused) as refused:
        notes.save(session_pk=session.pk, update=doc.get_update())

    assert refused.value.code == "full"
    assert written(session) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "Hello"),
        ("Hello", ""),
        ("a é 😀 z", "a é 😀😀 z"),
        ("a é 😀 z", "a 😀 z"),
        ("aaa", "aaaa"),
        ("one two", "one and two"),
    ],
)
def test_the_plain_form_writes_what_was_typed(session, mia, old, new):
    notes.replace(session=session, member=mia, version=0, text=old)
    version = queries.notes_of(session).version

    notes.replace(session=session, member=mia, version=version, text=new)

    assert written(session) == new


def test_the_plain_form_leaves_alone_what_an_open_window_writes(session, mia):
    notes.replace(session=session, member=mia, version=0, text="one\ntwo")
    window = somebodys(session)
    window[notes.ROOT].insert(0, "zero\n")

    notes.replace(session=session, member=mia, version=1, text="one\ntwo\nthree")
    notes.save(session_pk=session.pk, update=window.get_update())

    assert written(session) == "zero\none\ntwo\nthree"


def test_an_older_page_meets_a_conflict_and_overwrites_nothing(session, mia, theo):
    notes.replace(session=session, member=mia, version=0, text="Mia's")

    with pytest.raises(notes.Conflict) as conflict:
        notes.replace(session=session, member=theo, version=0, text="Theo's")

    assert conflict.value.current.text == "Mia's"
    assert written(session) == "Mia's"


def test_observers_write_no_notes(session, obi):
    with pytest.raises(Refused):
        notes.replace(session=session, member=obi, version=0, text="Me too")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_becomes_any_other(old, new):
    doc: Doc = notes.document()
    text: Text = doc[notes.ROOT]
    text += old
    notes._write_difference(text, old, new)
    assert str(text) == new


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_a_document(update):
    doc = notes.document()
    try:
        doc.apply_update(update)
    except ValueError:
        return
    assert isinstance(notes.words_of(doc), str)
