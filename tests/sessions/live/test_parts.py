"""What else happens in a live room, over real sockets: questions, pulses, replies, pace, typing."""

import time
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from cohort.services.people import remove_member
from sessions.models import ChatMessage
from sessions.services import chat, moderation, pulses, questions
from tests.factories import MembershipFactory
from tests.sessions.live import stored

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def ask(session, member, text="Who pays?", *, nameless=False):
    return questions.ask(
        session_pk=session.pk,
        member=member,
        text=text,
        is_nameless=nameless,
        form_key=uuid.uuid4(),
    )


def test_a_question_its_votes_and_its_end_reach_everybody(enter, session, mia, theo, fay):
    obis = enter(theo)

    question = ask(session, mia)
    heard = obis.wait_for("question", id=question.pk)
    assert (heard["text"], heard["by"]["name"], heard["votes"], heard["state"]) == (
        "Who pays?",
        "Mia",
        0,
        "open",
    )
    questions.vote(question=question, member=theo, wants=True)
    assert obis.wait_for("question", id=question.pk)["votes"] == 1
    questions.settle(question=question, state="answered", by=fay)
    assert obis.wait_for("question", id=question.pk)["state"] == "answered"


def test_nobody_hears_over_the_socket_who_asked_without_a_name(enter, session, mia, theo, fay):
    theos, fays = enter(theo), enter(fay)

    question = ask(session, mia, nameless=True)

    for guest in (theos, fays):
        frame = guest.wait_for("question", id=question.pk)
        assert (frame["by"], frame["nameless"]) == (None, True)


def test_many_votes_at_once_are_told_in_few_frames(enter, session, cohort, mia):
    question = ask(session, mia)
    guest = enter(mia)
    for voter in MembershipFactory.create_batch(30, cohort=cohort):
        questions.vote(question=question, member=voter, wants=True)

    guest.wait_for("question", id=question.pk, votes=30)

    assert len([frame for frame in guest.heard if frame["type"] == "question"]) < 20


def test_who_comes_back_hears_of_all_that_changed_once(enter, session, mia, theo, fay):
    mias = enter(mia)
    mias.say("one")
    mias.hear_until(1)
    question = ask(session, mia)
    questions.vote(question=question, member=theo, wants=True)
    chat.react(line=ChatMessage.objects.get(), member=theo, kind="thanks")
    pulse = pulses.start(
        session_pk=session.pk,
        by=fay,
        question="How was it?",
        kind="scale",
        choices=[],
        is_anonymous=False,
        form_key=uuid.uuid4(),
    )
    pulses.answer(pulse=pulse, member=mia, text="4")

    back = enter(theo, after=0)

    told = [back.wait_for(kind) for kind in ("question", "edit", "pulse")]
    assert told[0]["votes"] == 1
    assert told[1]["reactions"] == {"thanks": [theo.pk]}
    assert (told[2]["answers"], told[2]["results"][3]) == (1, ["4", 1])
    assert len([f for f in back.heard if f["type"] == "question"]) == 1


def test_a_change_that_left_nothing_behind_keeps_nobody_from_coming_back(enter, session, mia, theo):
    """Taking back a vote one never gave raises the counter alone."""
    question = ask(session, mia)
    questions.vote(question=question, member=theo, wants=False)
    guest = enter(theo)
    head = guest.hello["head_rev"]

    guest.send("resume", after_seq=0, after_rev=head, epoch=guest.hello["epoch"])
    guest.say("Here.")

    assert guest.hear_until(1) == [(1, "Here.")]
    assert "resync" not in {frame["type"] for frame in guest.heard}


# ------------------------------------------------------------ lines


def test_a_reply_quotes_the_line_and_forgets_it_when_removed(enter, session, mia, theo, fay):
    mias, theos = enter(mia), enter(theo)
    mias.say("Shall we meet on Monday?")
    theos.hear_until(1)
    theos.send("msg", client_id=str(uuid.uuid4()), text="Yes.", answers=1)

    assert mias.wait_for("msg", seq=2)["answers"] == {
        "seq": 1,
        "name": "Mia",
        "text": "Shall we meet on Monday?",
    }
    chat.remove_line(line=ChatMessage.objects.get(seq=1), by=fay)
    back = enter(theo, after=1)
    assert back.wait_for("msg", seq=2)["answers"]["text"] == ""


def test_replying_to_nothing_is_a_line_like_any_other(enter, session, mia):
    guest = enter(mia)
    guest.send("msg", client_id=str(uuid.uuid4()), text="Yes.", answers=99)

    assert guest.wait_for("msg", seq=1)["answers"] is None


def test_slow_mode_asks_to_wait_and_lets_facilitators_speak(enter, session, mia, fay):
    mias, fays = enter(mia), enter(fay)
    moderation.set_pace(session=session, seconds=30, by=fay)
    assert mias.wait_for("state")["slow_seconds"] == 30

    first = mias.say("one")
    assert mias.wait_for("ack", client_id=first)
    error = mias.wait_for("error", client_id=mias.say("two"))
    assert error["code"] == "slow"
    assert 25 < error["retry_after"] <= 30.2
    for text in ("a", "b"):
        assert fays.wait_for("ack", client_id=fays.say(text))
    ChatMessage.objects.filter(sender=mia).update(created_at=timezone.now() - timedelta(seconds=31))
    assert mias.wait_for("ack", client_id=mias.say("three"))


def test_slow_mode_takes_a_line_that_is_sent_again(session, mia):
    moderation.set_pace(session=session, seconds=30, by=mia)
    key = uuid.uuid4()
    said = [
        chat.say(session_pk=session.pk, member_pk=mia.pk, client_id=key, body="one")
        for _turn in range(2)
    ]
    assert said[0] == said[1]
    assert stored(session) == [(1, "one")]


def test_the_muted_read_on_and_write_again_when_let(enter, session, mia, theo, fay):
    mias, theos = enter(mia), enter(theo)
    moderation.mute(session=session, member=mia, by=fay)
    state = mias.wait_for("state")
    assert (state["may_write"], state["muted"]) == (False, True)

    assert mias.wait_for("error", client_id=mias.say("I?"))["code"] == "muted"
    theos.say("Hello.")
    assert mias.hear_until(1) == [(1, "Hello.")]
    moderation.unmute(session=session, member=mia, by=fay)
    assert mias.wait_for("state")["may_write"] is True
    assert mias.wait_for("ack", client_id=mias.say("I again."))


def test_who_is_removed_while_writing_is_heard_of_no_more(enter, session, mia, theo, fay):
    mias, theos = enter(mia), enter(theo)
    mias.send("typing")
    assert theos.wait_for("typing")["people"] == [{"id": mia.pk, "name": "Mia"}]

    remove_member(member=mia, by=fay)
    with suppress(ConnectionClosed):
        mias.say("One more thing")

    assert theos.wait_for("typing", 3)["people"] == []
    assert mias.wait_for_end() == 4403
    theos.say("Where is Mia?")
    assert theos.hear_until(1) == [(1, "Where is Mia?")]


def test_who_is_writing_is_told_in_bundles_and_forgotten(enter, session, mia, theo, obi):
    mias, theos, obis = enter(mia), enter(theo), enter(obi)
    for _turn in range(5):
        mias.send("typing")
        obis.send("typing")

    assert theos.wait_for("typing")["people"] == [{"id": mia.pk, "name": "Mia"}]
    mias.say("Done.")
    assert theos.wait_for("typing", people=[])
    time.sleep(2)
    theos.say("Me too.")
    theos.hear_until(2)
    assert len([f for f in theos.heard if f["type"] == "typing"]) == 2
