"""The pages of sessions: what they show to whom, and what they cost."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from cohort.models import Audience
from resources.models import Resource
from sessions.models import RSVP, Attendance, ChatMessage, LearningSession
from tests.access.sessions import plan as typed_plan
from tests.factories import ResourceFactory, SessionFactory

SECRET = "https://meet.example.org/secret-word"


def url(name, session):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk])


def say(session, sender, seq, body="Hello."):
    return ChatMessage.objects.create(
        room_id=session.pk, seq=seq, sender=sender, client_id=uuid.uuid4(), body=body
    )


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, title="Trust", meeting_url=SECRET)


@pytest.fixture
def on_now(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-5), meeting_url=SECRET)


# ------------------------------------------------------------ list and page


def test_list_shows_what_comes_first_and_what_was_below(browse, cohort, mia):
    SessionFactory(cohort=cohort, title="Third", starts_in=timedelta(days=9))
    SessionFactory(cohort=cohort, title="Second", starts_in=timedelta(days=2))
    SessionFactory(cohort=cohort, title="First", starts_in=timedelta(days=-2))
    SessionFactory(cohort=cohort, title="Draft", status="draft")

    page = browse(mia).get(reverse("sessions:session_list", args=["spring"]))

    assert [s.title for s in page.context["coming"]] == ["Second", "Third"]
    assert [s.title for s in page.context["past"]] == ["First"]


def test_list_is_narrowed_by_kind_and_theme(browse, cohort, mia, themes):
    lesson = themes["leaders"].lessons.first()
    clinic = SessionFactory(cohort=cohort, kind="peer_clinic", title="Clinic")
    clinic.themes.add(lesson)
    SessionFactory(cohort=cohort, title="Other")

    page = browse(mia).get(reverse("sessions:session_list", args=["spring"]), {"theme": "leaders"})
    assert [s.title for s in page.context["coming"]] == ["Clinic"]
    page = browse(mia).get(
        reverse("sessions:session_list", args=["spring"]), {"kind": "office_hours"}
    )
    assert list(page.context["coming"]) == []


def test_page_shows_only_resources_that_the_reader_may_see(browse, session, cast):
    session.resources.add(
        ResourceFactory(cohort=cast.cohort, title="For all"),
        ResourceFactory(
            cohort=cast.cohort, title="Team draft", audience=Audience.TEAM, team=cast.team
        ),
    )

    assert "Team draft" in browse(cast.mia).get(session.get_absolute_url()).content.decode()
    page = browse(cast.tia).get(session.get_absolute_url()).content.decode()
    assert "For all" in page
    assert "Team draft" not in page
    assert Resource.objects.count() == 2


def test_notes_to_the_hosts_are_read_by_the_hosts_only(browse, session, mia, tia, fay):
    browse(mia).post(url("rsvp_answer", session), {"answer": "maybe", "note": "From the road"})

    for name in ("session_detail", "answer_list"):
        assert "From the road" not in browse(tia).get(url(name, session)).content.decode()
    assert "From the road" in browse(fay).get(url("answer_list", session)).content.decode()


def test_a_removed_line_is_shown_to_nobody(browse, session, mia, fay):
    line = say(session, mia, 1, "Unkind words")

    browse(fay).post(reverse("sessions:line_remove", args=["spring", session.pk, 1]))

    for person in (mia, fay):
        page = browse(person).get(session.get_absolute_url()).content.decode()
        assert "Unkind words" not in page
        assert "A facilitator removed this line." in page
    line.refresh_from_db()
    assert (line.body, line.removed_by) == ("Unkind words", fay)


def test_what_is_said_is_never_read_as_html(browse, session, mia):
    say(session, mia, 1, "<script>alert(1)</script> https://example.org/?a=1&b=2")

    page = browse(mia).get(session.get_absolute_url()).content.decode()

    assert "<script>alert" not in page
    assert 'href="https://example.org/?a=1&amp;b=2"' in page


def test_transcript_is_read_page_by_page(browse, session, mia):
    ChatMessage.objects.bulk_create(
        ChatMessage(room_id=session.pk, seq=n, sender=mia, client_id=uuid.uuid4(), body=f"no {n}.")
        for n in range(1, 251)
    )
    client = browse(mia)

    latest = client.get(url("transcript", session))
    assert [line.seq for line in latest.context["lines"]] == list(range(51, 251))
    before = client.get(url("transcript", session), {"before": 51})
    assert [line.seq for line in before.context["lines"]] == list(range(1, 51))
    assert client.get(url("transcript", session), {"before": "x" * 40}).status_code == 200


# ------------------------------------------------------------ answering


def test_an_answer_leads_back_to_where_it_was_given(browse, session, mia):
    client = browse(mia)
    there = reverse("home:home", args=["spring"])

    back = client.post(url("rsvp_answer", session), {"answer": "yes", "next": there})
    away = client.post(
        url("rsvp_answer", session), {"answer": "yes", "next": "//evil.example.org/"}
    )

    assert (back.status_code, back["Location"]) == (302, there)
    assert away["Location"] == session.get_absolute_url()
    assert RSVP.objects.get().answer == "yes"


def test_an_answer_that_makes_no_sense_shows_the_page_again(browse, session, mia):
    assert browse(mia).post(url("rsvp_answer", session), {"answer": "perhaps"}).status_code == 422
    assert not RSVP.objects.exists()


# ------------------------------------------------------------ joining


def test_looking_at_the_way_to_the_meeting_records_nothing(browse, on_now, mia):
    client = browse(mia)

    assert SECRET not in client.get(url("session_join", on_now)).content.decode()
    client.head(url("session_join", on_now))

    assert not Attendance.objects.exists()


def test_joining_leads_to_the_meeting_and_is_recorded_once(browse, on_now, mia, obi):
    for _time in range(2):
        page = browse(mia).post(url("session_join", on_now))
        assert f'content="0; url={SECRET}"' in page.content.decode()
    assert SECRET in browse(obi).post(url("session_join", on_now)).content.decode()

    row = Attendance.objects.get()
    assert (row.member, row.mark, bool(row.joined_at)) == (mia, "attended", True)


def test_the_meeting_link_is_on_no_page_of_a_member(browse, on_now, mia):
    for name in ("session_detail", "session_join", "session_calendar", "transcript"):
        assert "secret-word" not in browse(mia).get(url(name, on_now)).content.decode()


def test_where_seats_are_limited_only_who_has_one_joins(browse, on_now, mia, theo):
    on_now.capacity = 1
    on_now.save()
    browse(mia).post(url("rsvp_answer", on_now), {"answer": "yes"})
    browse(theo).post(url("rsvp_answer", on_now), {"answer": "yes"})

    assert browse(mia).post(url("session_join", on_now)).status_code == 200
    assert browse(theo).post(url("session_join", on_now)).status_code == 403


def test_before_the_doors_open_there_is_no_way_in(browse, session, mia):
    page = browse(mia).post(url("session_join", session))

    assert "secret-word" not in page.content.decode()
    assert not Attendance.objects.exists()


# ------------------------------------------------------------ planning


def create(client, cast, **fields):
    return client.post(
        reverse("sessions:session_create", args=["spring"]), {**typed_plan(cast), **fields}
    )


def test_a_form_sent_twice_plans_one_session(browse, cast, fay):
    client, key = browse(fay), str(uuid.uuid4())

    for _time in range(2):
        assert create(client, cast, form_key=key).status_code == 302

    assert LearningSession.objects.get().starts_at.isoformat() == "2027-02-02T18:00:00+00:00"


def test_a_draft_is_published_by_its_button(browse, cast, fay, mia):
    create(browse(fay), cast, draft="1")
    session = LearningSession.objects.get()
    assert browse(mia).get(session.get_absolute_url()).status_code == 404

    browse(fay).post(url("session_publish", session))

    assert browse(mia).get(session.get_absolute_url()).status_code == 200


def test_a_time_that_the_clocks_skip_is_refused_with_the_reason(browse, cast, fay):
    page = create(browse(fay), cast, local_date="2027-03-14", local_time="02:30")

    assert page.status_code == 422
    words = "2:30 AM does not exist on March 14, 2027 in Eastern (New York)"
    assert words in page.content.decode()
    assert not LearningSession.objects.exists()


def test_a_time_that_comes_twice_asks_which(browse, cast, fay):
    typed = {"local_date": "2027-11-07", "local_time": "01:30"}

    page = create(browse(fay), cast, **typed)
    assert page.status_code == 422
    assert 'name="local_fold"' in page.content.decode()
    page = create(browse(fay), cast, **typed, local_fold="1")
    seen = page.context["outlook"].fingerprint  # a Sunday night, outside the year
    create(browse(fay), cast, **typed, local_fold="1", heeded=seen)

    assert LearningSession.objects.get().starts_at.isoformat() == "2027-11-07T06:30:00+00:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minutes": "3"}, "greater than or equal to 5"),
        ({"minutes": "99999"}, "less than or equal to 1440"),
        ({"title": " \r\n "}, "This field is required"),
        ({"meeting_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"audience": "team:0"}, "Select a valid choice"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"local_date": "9999-12-31", "local_time": "23:00"}, "too far away"),
    ],
)
def test_what_cannot_be_is_refused_in_words(browse, cast, fay, fields, words):
    page = create(browse(fay), cast, **fields)

    assert page.status_code == 422
    assert words in page.content.decode()
    assert not LearningSession.objects.exists()


def test_a_title_is_one_line(browse, cast, fay):
    create(browse(fay), cast, title="Trust\r\nATTENDEE:mailto:x@example.org")

    assert LearningSession.objects.get().title == "Trust ATTENDEE:mailto:x@example.org"


def test_how_a_time_falls_is_shown_before_it_is_saved(browse, cast, fay):
    cast.mia.user.time_zone = "Pacific/Honolulu"
    cast.mia.user.save()

    page = create(browse(fay), cast, preview="1")

    assert page.status_code == 200
    assert [(at.zone, at.words, at.is_early) for at in page.context["outlook"].zones] == [
        ("America/New_York", "Tue, Feb 2, 1:00 PM – 2:30 PM EST", False),
        ("Pacific/Honolulu", "Tue, Feb 2, 8:00 AM – 9:30 AM HST", False),
    ]
    assert not LearningSession.objects.exists()


def test_two_editors_do_not_undo_each_other(browse, cast, fay, session):
    client = browse(fay)
    seen = session.updated_at.isoformat()
    time = {
        "local_date": session.local_date.isoformat(),
        "local_time": session.local_time.isoformat(),
        "time_zone": session.time_zone,
    }
    first = {**typed_plan(cast), **time, "title": "First", "seen": seen}
    second = {**typed_plan(cast), **time, "title": "Second", "seen": seen}

    assert client.post(url("session_edit", session), first).status_code == 302
    page = client.post(url("session_edit", session), second)

    assert page.status_code == 422
    assert "Somebody else has changed this session meanwhile" in page.content.decode()
    session.refresh_from_db()
    assert session.title == "First"


def test_calling_off_asks_first_and_is_shown_to_all(browse, fay, mia, session):
    client = browse(fay)
    assert client.get(url("session_cancel", session)).status_code == 200
    session.refresh_from_db()
    assert not session.is_cancelled

    client.post(url("session_cancel", session))

    assert "Called off." in browse(mia).get(session.get_absolute_url()).content.decode()


def test_the_times_are_the_readers(browse, session, mia):
    session.starts_at = session.starts_at.replace(year=2027, month=2, day=2, hour=18, minute=0)
    session.ends_at = session.starts_at + timedelta(minutes=90)
    session.time_zone = "America/New_York"
    session.save()

    for zone, words in (
        ("America/Phoenix", "11:00 AM MST"),
        ("Pacific/Honolulu", "8:00 AM HST"),
        ("America/Puerto_Rico", "2:00 PM AST"),
    ):
        mia.user.time_zone = zone
        mia.user.save()
        page = browse(mia).get(session.get_absolute_url()).content.decode()
        assert words in page
        assert "(1:00 PM EST)" in page
