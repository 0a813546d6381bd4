"""The room's page and its forms, as they work without scripts."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cohort.models import Audience, AuditEntry
from sessions.models import (
    AgendaItem,
    ChatMessage,
    LineReaction,
    Pulse,
    PulseAnswer,
    Question,
    Room,
    RoomMute,
)
from sessions.services import chat, notes
from tests.factories import ResourceFactory, SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(minutes=-5), title="Trust")


@pytest.fixture
def sign_in():
    def signed_in(person):
        client = Client()
        client.force_login(person.user)
        return client

    return signed_in


def url(name, session, **more):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk, *more.values()])


def say(session, member, body, **more):
    return chat.say(
        session_pk=session.pk, member_pk=member.pk, client_id=uuid.uuid4(), body=body, **more
    )


def test_the_page_holds_all_that_the_socket_tells(sign_in, session, mia, theo, fay):
    AgendaItem.objects.create(session=session, position=0, minutes=3, title="Welcome")
    item = AgendaItem.objects.create(session=session, position=1, minutes=30, title="Two stories")
    item.presenters.add(theo)
    line = say(session, theo, "Good morning <b>all</b>")
    chat.react(line=line, member=mia, kind="thanks")
    say(session, mia, "And to you", answers_seq=line.seq)
    Question.objects.create(room_id=session.pk, asker=theo, text="Who pays?", is_nameless=True)
    Pulse.objects.create(room_id=session.pk, question="How was it?", is_anonymous=False)
    notes.replace(session=session, member=theo, version=0, text="We agreed.")

    page = sign_in(mia).get(url("room", session)).content.decode()

    for words in (
        "Good morning &lt;b&gt;all&lt;/b&gt;",
        "And to you",
        "Who pays?",
        "How was it?",
        "We agreed.",
        "Two stories",
        "Theo",
    ):
        assert words in page
    question = page[page.index('data-question="') :]
    assert "Theo" not in question[: question.index("</li>")]
    assert 'aria-current="step"' in page


def test_a_room_opens_with_the_latest_fifty_lines(
    sign_in, session, mia, django_assert_max_num_queries
):
    Room.objects.filter(session=session).update(last_seq=300)
    ChatMessage.objects.bulk_create(
        ChatMessage(room_id=session.pk, seq=n, sender=mia, client_id=uuid.uuid4(), body=f"no {n}.")
        for n in range(1, 301)
    )
    client = sign_in(mia)
    client.get(url("room", session))

    with django_assert_max_num_queries(10):
        page = client.get(url("room", session)).content.decode()

    assert page.count("data-seq=") == 50
    assert "no 251." in page
    assert "no 250." not in page
    assert "?before=251" in page


def test_links_into_the_cohort_show_titles_as_far_as_one_sees_them(
    sign_in, session, mia, tia, team
):
    hidden = ResourceFactory(
        cohort=session.cohort, title="Harbor's budget", audience=Audience.TEAM, team=team
    )
    say(session, mia, f"Look: {settings.BASE_URL}{hidden.get_absolute_url()}.")
    address = f"{settings.BASE_URL}{hidden.get_absolute_url()}"

    for person, sees in ((mia, True), (tia, False)):
        client = sign_in(person)
        page = client.get(url("room", session)).content.decode()
        assert ("Harbor&#x27;s budget" in page) is sees
        titles = client.get(url("link_titles", session), {"at": address}).json()["titles"]
        assert titles == ({address: "Harbor's budget"} if sees else {})


def test_asking_voting_and_settling_by_plain_forms(sign_in, session, mia, theo, fay):
    key = str(uuid.uuid4())
    for _turn in range(2):
        answer = sign_in(mia).post(
            url("question_create", session), {"text": "Who pays?", "form_key": key}
        )
        assert answer.url == url("room", session) + "#questions"
    question = Question.objects.get()
    sign_in(theo).post(url("question_vote", session, pk=question.pk), {"wants": "yes"})
    sign_in(fay).post(url("question_answered", session, pk=question.pk))

    question.refresh_from_db()
    assert (question.asker, question.votes, question.state) == (mia, 1, "answered")
    late = sign_in(theo).post(url("question_vote", session, pk=question.pk), {"wants": "no"})
    assert late.status_code == 403


def test_what_was_asked_comes_back_with_the_reason(sign_in, session, mia):
    RoomMute.objects.create(room=session.room, member=mia)

    answer = sign_in(mia).post(
        url("question_create", session), {"text": "May I?", "form_key": str(uuid.uuid4())}
    )

    assert answer.status_code == 422
    assert "May I?" in answer.content.decode()
    assert "have muted you" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"question": "How?", "kind": "scale"}, 302),
        ({"question": "Which?", "kind": "choice", "choices": "A\nB\n\nA"}, 302),
        ({"question": "Which?", "kind": "choice", "choices": "A"}, 422),
        ({"question": "Which?", "kind": "choice", "choices": "A\n" + "b" * 61}, 422),
        ({"question": "", "kind": "words"}, 422),
        ({"question": "How?", "kind": "dance"}, 422),
    ],
)
def test_a_pulse_is_asked_or_comes_back(sign_in, session, fay, typed, status):
    answer = sign_in(fay).post(
        url("pulse_create", session), {**typed, "form_key": str(uuid.uuid4())}
    )

    assert answer.status_code == status
    assert Pulse.objects.exists() is (status == 302)


def test_a_pulse_is_answered_and_closed_by_plain_forms(sign_in, session, mia, fay):
    pulse = Pulse.objects.create(room=session.room, question="How?", is_anonymous=False)
    client = sign_in(mia)
    client.post(url("pulse_answer", session, pk=pulse.pk), {"answer": "4"})
    assert (
        client.post(url("pulse_answer", session, pk=pulse.pk), {"answer": "9"}).status_code == 422
    )
    sign_in(fay).post(url("pulse_close", session, pk=pulse.pk))
    client.post(url("pulse_answer", session, pk=pulse.pk), {"answer": "1"})

    assert list(PulseAnswer.objects.values_list("member", "text")) == [(mia.pk, "4")]


def test_a_form_sent_in_place_leaves_no_words_for_a_later_page(sign_in, session, fay):
    """Somebody would read them hours later, on a page about something else."""
    client = sign_in(fay)
    asked = {"kind": "scale", "is_anonymous": "on"}
    words = "Everybody in the room is asked now."

    for headers, status, is_told in (({"X-In-Place": "yes"}, 204, False), ({}, 302, True)):
        typed = {**asked, "question": f"How sure? {status}", "form_key": uuid.uuid4()}
        answer = client.post(url("pulse_create", session), typed, headers=headers)
        assert answer.status_code == status
        assert (words in client.get(session.get_absolute_url()).content.decode()) is is_told
    assert Pulse.objects.count() == 2


def test_reacting_twice_is_one_reaction_and_an_empty_kind_takes_it_back(
    sign_in, session, mia, theo
):
    line = say(session, theo, "Hello")
    client, where = sign_in(mia), url("line_react", session, seq=line.seq)

    for kind in ("thanks", "thanks", "agree"):
        client.post(where, {"kind": kind})
    assert list(LineReaction.objects.values_list("member", "kind")) == [(mia.pk, "agree")]
    assert client.post(where, {"kind": "<b>"}).status_code == 422
    client.post(where, {"kind": ""})
    assert LineReaction.objects.count() == 0


def test_hosts_slow_the_room_down_and_mute_with_a_line_in_the_audit_trail(
    sign_in, session, mia, fay
):
    client = sign_in(fay)
    client.post(url("room_pace", session), {"seconds": "30"})
    client.post(url("member_mute", session, pk=mia.pk))
    assert (Room.objects.get().slow_seconds, RoomMute.objects.get().member) == (30, mia)
    assert client.post(url("room_pace", session), {"seconds": "31"}).status_code == 422
    assert client.post(url("member_mute", session, pk=fay.pk)).status_code == 403
    client.post(url("member_unmute", session, pk=mia.pk))

    assert RoomMute.objects.count() == 0
    actions = AuditEntry.objects.filter(action__startswith="room.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "room.pace_set",
        "room.muted",
        "room.unmuted",
    ]


def test_somebody_of_another_cohort_cannot_be_muted_here(sign_in, session, fay, olga):
    answer = sign_in(fay).post(url("member_mute", session, pk=olga.pk))
    assert answer.status_code == 404


def test_notes_by_the_plain_form_and_a_conflict_that_loses_nothing(sign_in, session, mia, theo):
    where = url("notes", session)
    sign_in(mia).post(where, {"text": "Mia wrote.\r\nTwice.", "version": "0"})

    answer = sign_in(theo).post(where, {"text": "Theo wrote.", "version": "0"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mia wrote." in page
    assert "Theo wrote.</textarea>" in page
    assert 'name="version" value="1"' in page
    both = {"text": "Mia wrote.\nTheo wrote.", "version": "1"}
    assert sign_in(theo).post(where, both).status_code == 302
    assert notes.words_of(notes.document(notes.load(session.pk).state)) == both["text"]


def test_the_session_page_keeps_what_the_room_left_behind(sign_in, session, mia, theo, fay):
    say(session, theo, "Said in the room")
    Question.objects.create(room_id=session.pk, asker=theo, text="Asked there?", state="answered")
    Question.objects.create(room_id=session.pk, asker=theo, text="Hidden there?", state="hidden")
    pulse = Pulse.objects.create(room_id=session.pk, question="Pulse there?", is_anonymous=False)
    PulseAnswer.objects.create(pulse=pulse, member=theo, text="5")
    notes.replace(session=session, member=theo, version=0, text="Noted there.")

    page = sign_in(mia).get(session.get_absolute_url()).content.decode()

    for words in ("Said in the room", "Asked there?", "Pulse there?", "Noted there."):
        assert words in page
    assert "Hidden there?" not in page
    assert "live-room.js" not in page


def test_a_meeting_link_is_in_no_page_of_the_room(sign_in, session, mia):
    session.meeting_url = "https://meet.example.org/secret-zebra"
    session.save()
    client = sign_in(mia)

    for name in ("room", "pulse_list", "notes", "transcript"):
        assert "secret-zebra" not in client.get(url(name, session)).content.decode()
