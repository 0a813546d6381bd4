"""The question lane: asked once, voted for once, in everybody's sight but for a name."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from cohort.models import AuditEntry
from sessions import protocol, queries
from sessions.models import Question, QuestionVote, Room
from sessions.services import moderation, questions
from sessions.services.refusals import Refused
from tests.factories import SessionFactory


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort)


def ask(session, member, text="Who pays?", *, nameless=False, key=None):
    return questions.ask(
        session_pk=session.pk,
        member=member,
        text=text,
        is_nameless=nameless,
        form_key=key or uuid.uuid4(),
    )


def lane(member, session):
    found = queries.question_lane(member, session)
    return [question.text for question in found.open], [q.text for q in found.settled]


def test_one_form_asks_once_however_often_it_is_sent(session, mia):
    key = uuid.uuid4()

    first = ask(session, mia, key=key)
    again = ask(session, mia, "Who pays?", key=key)

    assert first == again
    assert Question.objects.count() == 1


def test_the_page_that_keeps_it_tells_hosts_that_no_name_was_given(browse, session, mia, tia, fay):
    ask(session, mia, nameless=True)

    def page(person):
        return browse(person).get(session.get_absolute_url()).content.decode()

    assert "without their name: only facilitators see this" in page(fay)
    assert "others do not see your name" in page(mia)
    assert "Without a name" in page(tia)
    assert "only facilitators see this" not in page(tia)


def test_votes_order_the_lane_and_each_has_one(session, mia, theo, tia):
    first, second = ask(session, mia, "First?"), ask(session, mia, "Second?")

    for _turn in range(3):
        questions.vote(question=second, member=theo, wants=True)
    questions.vote(question=second, member=tia, wants=True)
    questions.vote(question=first, member=tia, wants=True)
    questions.vote(question=first, member=tia, wants=False)
    questions.vote(question=first, member=tia, wants=False)

    assert lane(mia, session) == (["Second?", "First?"], [])
    assert list(Question.objects.order_by("pk").values_list("votes", flat=True)) == [0, 2]
    assert QuestionVote.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_count_each(session, cast):
    question = ask(session, cast.mia)
    voters = [cast.mia, cast.theo, cast.tia, cast.fay] * 5

    def vote(member):
        questions.vote(question=question, member=member, wants=True)
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(vote, voters))

    question.refresh_from_db()
    assert question.votes == QuestionVote.objects.count() == 4


def test_settled_questions_leave_the_lane_and_hidden_ones_everybodys_sight(session, mia, fay, theo):
    answered, later, hidden = (ask(session, mia, text) for text in ("A?", "L?", "H?"))
    for question, state in ((answered, "answered"), (later, "later"), (hidden, "hidden")):
        questions.settle(question=question, state=state, by=fay)

    assert lane(theo, session) == ([], ["L?", "A?"])
    assert lane(fay, session) == ([], ["H?", "L?", "A?"])
    assert AuditEntry.objects.filter(action="question.hidden").count() == 1

    questions.settle(question=hidden, state="open", by=fay)
    assert lane(theo, session) == (["H?"], ["L?", "A?"])


def test_who_asks_without_a_name_is_known_to_facilitators_only(session, mia, theo, fay, obi):
    question = ask(session, mia, nameless=True)
    named = ask(session, theo, "With a name?")

    def seen_by(reader):
        return {q.pk: q.shown_asker for q in queries.question_lane(reader, session).open}

    assert seen_by(theo) == {question.pk: None, named.pk: theo}
    assert seen_by(obi) == {question.pk: None, named.pk: theo}
    assert seen_by(fay) == {question.pk: mia, named.pk: theo}
    assert seen_by(mia) == {question.pk: mia, named.pk: theo}
    frame = protocol.question(Question.objects.get(pk=question.pk))
    assert "Mia" not in frame
    assert f'"id":{mia.pk},' not in frame.replace(f'"id":{question.pk},', "", 1)


def test_a_hidden_question_says_nothing_in_its_frame(session, mia, fay):
    question = ask(session, mia, "A secret word: zebra")
    questions.settle(question=question, state="hidden", by=fay)

    frame = protocol.question(Question.objects.select_related("asker__user").get())

    assert "zebra" not in frame
    assert "Mia" not in frame


def test_the_muted_and_the_insatiable_are_refused_with_a_reason(session, mia, theo, fay):
    moderation.mute(session=session, member=mia, by=fay)
    with pytest.raises(Refused) as muted:
        ask(session, mia)
    for number in range(questions.QUESTIONS_EACH):
        ask(session, theo, f"{number}?")
    with pytest.raises(Refused) as many:
        ask(session, theo, "One more?")

    assert (muted.value.code, many.value.code) == ("muted", "too_many")
    moderation.unmute(session=session, member=mia, by=fay)
    assert ask(session, mia)


def test_every_change_has_a_later_rev(session, mia, theo, fay):
    question = ask(session, mia)
    revs = [question.rev]
    questions.vote(question=question, member=theo, wants=True)
    revs.append(Question.objects.get().rev)
    questions.settle(question=question, state="answered", by=fay)
    revs.append(Question.objects.get().rev)

    assert revs == sorted(set(revs))
    assert Room.objects.get().last_rev >= revs[-1]
