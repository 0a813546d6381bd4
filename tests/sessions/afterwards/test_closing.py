"""The close-out: a guided page for the hosts."""

from datetime import timedelta

import pytest

from cohort.models import AuditEntry
from notifications.models import Delivery, Entry
from sessions.models import (
    CloseOut,
    SharedNotes,
)
from sessions.notices import CATCH_UP, FEEDBACK
from sessions.services import closing
from sessions.services.attendance import mark_attendance
from tests.factories import ResourceFactory, SessionFactory
from tests.sessions.afterwards import RECORD, url


def test_the_record_is_kept_without_anybody_hearing_of_it(browse, session, fay, mia):
    resource = ResourceFactory(cohort=session.cohort, title="Slides")

    response = browse(fay).post(url("close_out", session), {**RECORD, "resources": [resource.pk]})

    assert (response.status_code, response["Location"]) == (302, url("close_out", session))
    session.refresh_from_db()
    assert session.summary == "<p>We <strong>met</strong>.</p>"
    assert (session.summary_text, session.summarized_at) == ("We met.", None)
    assert session.close_out.next_steps_text.strip(" *•-") == "Write it down"
    assert list(session.resources.all()) == [resource]
    assert not Delivery.objects.exists()
    page = browse(mia).get(session.get_absolute_url()).content.decode()
    for words in ("<strong>met</strong>", RECORD["recording_url"], "Write it down", "Slides"):
        assert words in page
    assert "<script>x" not in page


def test_finishing_tells_each_once_by_whether_they_were_there(browse, session, cast):
    mark_attendance(session=session, members=[cast.mia, cast.fay], mark="partly", by=cast.fay)
    mark_attendance(session=session, members=[cast.theo], mark="excused", by=cast.fay)
    client = browse(cast.fay)

    for _time in range(3):
        client.post(url("close_out", session), {**RECORD, "finish": "1"})

    told = Delivery.objects.order_by("pk").values_list("kind", "recipient__user__name")
    assert sorted(told) == [(CATCH_UP, "Theo"), (CATCH_UP, "Tia"), (FEEDBACK, "Mia")]
    rung = Entry.objects.values_list("kind", "member__user__name")
    assert sorted(rung) == [(CATCH_UP, "Theo"), (CATCH_UP, "Tia"), (FEEDBACK, "Mia")]
    close_out = CloseOut.objects.get()
    assert close_out.finished_by == cast.fay
    session.refresh_from_db()
    assert session.summarized_at == close_out.finished_at
    assert AuditEntry.objects.filter(action="session.closed_out").count() == 1


def test_what_comes_after_the_end_is_new_again(session, fay):
    closing.keep_record(session=session, summary="<p>A</p>", next_steps="", recording_url="")
    closing.finish(session=session, by=fay)
    session.refresh_from_db()
    first = session.summarized_at

    same = {"summary": "<p>A</p>", "next_steps": ""}
    closing.keep_record(session=session, recording_url="", **same)
    session.refresh_from_db()
    assert session.summarized_at == first
    closing.keep_record(session=session, recording_url="https://example.org/v", **same)
    session.refresh_from_db()
    assert session.summarized_at > first


def test_a_session_that_goes_on_is_saved_and_not_finished(browse, cohort, fay):
    session = SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-5))

    browse(fay).post(url("close_out", session), {**RECORD, "finish": "1"})

    session.refresh_from_db()
    assert session.summary_text == "We met."
    assert not session.close_out.is_finished


def test_a_session_that_was_called_off_has_nothing_to_close_out(browse, session, fay):
    session.status = "cancelled"
    session.save()

    assert browse(fay).get(url("close_out", session)).status_code == 403


def test_two_who_write_at_once_do_not_undo_each_other(browse, session, fay):
    client = browse(fay)
    seen = client.get(url("close_out", session)).context["form"].initial["seen"]
    client.post(url("close_out", session), {**RECORD, "seen": seen})

    late = {**RECORD, "summary": "<p>Mine</p>", "seen": seen}
    response = client.post(url("close_out", session), late)

    assert response.status_code == 422
    assert "&lt;p&gt;Mine" not in response.content.decode()
    assert "Mine" in response.content.decode()
    session.refresh_from_db()
    assert session.summary_text == "We met."
    again = response.context["form"].data["seen"]
    client.post(url("close_out", session), {**late, "seen": again})
    session.refresh_from_db()
    assert session.summary_text == "Mine"


def test_plain_text_that_says_the_same_leaves_the_formatting(browse, session, fay):
    client = browse(fay)
    client.post(url("close_out", session), RECORD)
    form = client.get(url("close_out", session)).context["form"]

    client.post(
        url("close_out", session),
        {"summary": form.initial["summary"], "next_steps": "- Write\n- Read", "recording_url": ""},
    )

    session.refresh_from_db()
    assert session.summary == "<p>We <strong>met</strong>.</p>"
    assert session.close_out.next_steps == "<ul><li>Write</li><li>Read</li></ul>"


@pytest.mark.parametrize(
    "wrong", [{"recording_url": "javascript:alert(1)"}, {"summary": "x" * 200_001}]
)
def test_what_is_wrong_comes_back_with_all_that_was_written(browse, session, fay, wrong):
    response = browse(fay).post(url("close_out", session), {**RECORD, **wrong})

    assert response.status_code == 422
    page = response.content.decode()
    assert "Write it down" in page
    assert "met" in page or "x" * 1000 in page
    session.refresh_from_db()
    assert session.summary == ""


def test_the_shared_notes_are_taken_over_into_the_summary(browse, session, fay):
    SharedNotes.objects.create(session=session, text="- A door\n- A table")

    response = browse(fay).post(url("close_out", session), {**RECORD, "take_notes": "1"})

    form = response.context["form"]
    assert form.fields["summary"].html == (
        "<p>We <strong>met</strong>.</p><ul><li>A door</li><li>A table</li></ul>"
    )
    session.refresh_from_db()
    assert session.summary == ""
