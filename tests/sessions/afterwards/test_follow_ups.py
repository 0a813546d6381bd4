"""What was said in a room becomes a discussion, or is let go."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cohort.models import Audience, AuditEntry, Membership
from forums.models import Follow, Post, Thread
from notifications.models import Delivery
from sessions.models import (
    ChatMessage,
    FollowUp,
    Question,
    QuestionVote,
)
from sessions.notices import DISCUSSED
from sessions.services import following_up
from tests.factories import SessionFactory, SpaceFactory
from tests.sessions.afterwards import compose, url
from tests.sessions.test_views import say


@pytest.fixture
def line(session, mia):
    return say(session, mia, 3, "Who brings the plant managers in?")


def discuss(client, session, line, space, **more):
    data = {"title": "Plant managers", "space": space.pk, "kind": "question", **more}
    return client.post(url("line_discuss", session, line.seq), data)


def test_a_line_becomes_a_discussion_of_whoever_said_it(
    browse, session, line, commons, cast, themes
):
    client = browse(cast.fay)
    form = client.get(url("line_discuss", session, 3)).context["form"]
    assert form.initial["title"] == "Who brings the plant managers in?"

    response = discuss(client, session, line, commons, themes=[themes["drivers"].pk])

    thread = Thread.objects.get()
    assert response["Location"] == thread.get_absolute_url()
    assert (thread.author, thread.title, thread.kind) == (cast.mia, "Plant managers", "question")
    assert [theme.slug for theme in thread.themes.all()] == ["drivers"]
    body = Post.objects.get().body
    assert body.startswith("<p>Who brings the plant managers in?</p><p>Said in the live room of ")
    assert f'href="{url("transcript", session)}?before=103#line-3"' in body
    assert line.created_at.strftime("%Y") in body
    assert list(session.threads.all()) == [thread]
    page = browse(cast.tia).get(url("transcript", session)).content.decode()
    assert f'href="{thread.get_absolute_url()}">Plant managers</a>' in page
    page = browse(cast.tia).get(session.get_absolute_url()).content.decode()
    assert "Plant managers" in page
    assert AuditEntry.objects.get(action="room.saying_discussed").actor_pk == cast.fay.user_id
    told = Delivery.objects.values_list("kind", "recipient__user__name")
    assert list(told) == [(DISCUSSED, "Mia")]
    assert compose(DISCUSSED) == {"Mia": "A discussion from what you said: Plant managers"}


def test_a_line_becomes_one_discussion_however_often_it_is_asked(
    browse, session, line, commons, cast, themes
):
    client = browse(cast.fay)
    for _time in range(3):
        response = discuss(client, session, line, commons, themes=[themes["drivers"].pk])
    again = following_up.discuss_line(
        line=line, by=cast.fay, space=commons, title="Again", themes=[]
    )

    thread = Thread.objects.get()
    assert (response["Location"], again) == (thread.get_absolute_url(), thread)
    assert FollowUp.objects.count() == Delivery.objects.count() == 1


def test_who_cannot_begin_it_any_more_is_named_in_it(session, line, commons, cast):
    Membership.objects.filter(pk=cast.mia.pk).update(left_at=timezone.now())
    line = ChatMessage.objects.select_related("sender__user", "sender__cohort").get()

    thread = following_up.discuss_line(
        line=line, by=cast.fay, space=commons, title="Plant managers", themes=[]
    )

    assert thread.author == cast.fay
    assert "<blockquote><p>Who brings" in thread.posts.get().body
    assert "Mia said this in the live room" in thread.posts.get().body_text
    assert not Delivery.objects.exists()


def test_what_was_said_is_never_read_as_html_nor_removed_lines_at_all(
    browse, session, cast, commons, themes
):
    bad = say(session, cast.mia, 1, "<img src=x onerror=alert(1)> <b>bold</b>")
    client = browse(cast.fay)
    discuss(client, session, bad, commons, themes=[themes["drivers"].pk])
    assert "<img" not in Post.objects.get().body
    assert "&lt;b&gt;bold" in Post.objects.get().body

    gone = say(session, cast.mia, 2, "Unkind words")
    client.post(url("line_remove", session, 2))
    assert client.get(url("line_discuss", session, 2)).status_code == 404
    with pytest.raises(following_up.SayingGone):
        following_up.discuss_line(line=gone, by=cast.fay, space=commons, title="x", themes=[])


def test_words_of_a_team_go_to_nobody_else(browse, cast, commons, themes):
    session = SessionFactory(
        cohort=cast.cohort, starts_in=timedelta(hours=-3), audience=Audience.TEAM, team=cast.team
    )
    team_space = SpaceFactory(
        cohort=cast.cohort, slug="harbor", audience=Audience.TEAM, team=cast.team
    )
    line = say(session, cast.mia, 1, "Between us")
    client = browse(cast.fay)

    refused = discuss(client, session, line, commons, themes=[themes["drivers"].pk])
    assert (refused.status_code, Thread.objects.count()) == (422, 0)
    discuss(client, session, line, team_space, themes=[themes["drivers"].pk])
    assert Thread.objects.get().space == team_space


def test_a_discussion_in_a_closed_space_is_linked_for_its_readers_only(
    browse, session, line, cast, themes
):
    team_space = SpaceFactory(
        cohort=cast.cohort, slug="harbor", audience=Audience.TEAM, team=cast.team
    )
    discuss(browse(cast.fay), session, line, team_space, themes=[themes["drivers"].pk])

    for person, sees in ((cast.mia, True), (cast.tia, False), (cast.obi, False)):
        for page in (session.get_absolute_url(), url("transcript", session)):
            assert ("Plant managers</a>" in browse(person).get(page).content.decode()) == sees


@pytest.fixture
def asked(session, tia):
    return Question.objects.create(room_id=session.pk, asker=tia, text="Who pays for the bus?")


def discuss_question(client, session, question, space, themes):
    data = {"title": "The bus", "space": space.pk, "kind": "question"}
    return client.post(
        url("question_discuss", session, question.pk), {**data, "themes": themes["drivers"].pk}
    )


def test_open_questions_wait_in_the_close_out_until_each_went_somewhere(
    browse, session, asked, commons, cast, themes
):
    later = Question.objects.create(
        room_id=session.pk, asker=cast.mia, text="Later?", state="later", votes=3
    )
    for state in ("answered", "hidden"):
        Question.objects.create(room_id=session.pk, text=state, state=state)
    client = browse(cast.fay)

    def waiting():
        return list(client.get(url("close_out", session)).context["open_questions"])

    assert waiting() == [later, asked]
    client.post(url("question_let_go", session, later.pk))
    client.post(url("question_let_go", session, later.pk))
    discuss_question(client, session, asked, commons, themes)
    discuss_question(client, session, asked, commons, themes)

    assert waiting() == []
    thread = Thread.objects.get()
    assert thread.author == cast.tia
    assert f'href="{session.get_absolute_url()}#question-{asked.pk}"' in thread.posts.get().body
    page = browse(cast.mia).get(session.get_absolute_url()).content.decode()
    assert f'href="{thread.get_absolute_url()}">The bus</a>' in page
    assert "Let go" in page


def test_what_was_let_go_can_be_taken_up_still(session, asked, commons, cast):
    following_up.let_go(question=asked, by=cast.fay)

    thread = following_up.discuss_question(
        question=asked, by=cast.fay, space=commons, title="The bus", themes=[]
    )

    row = FollowUp.objects.get()
    assert (row.question, row.thread) == (asked, thread)


def test_who_asked_without_a_name_is_told_to_nobody(browse, session, commons, cast, themes):
    asked = Question.objects.create(
        room_id=session.pk, asker=cast.tia, text="Who pays?", is_nameless=True
    )
    QuestionVote.objects.create(question=asked, member=cast.mia)
    QuestionVote.objects.create(question=asked, member=cast.gone)

    discuss_question(browse(cast.fay), session, asked, commons, themes)

    thread = Thread.objects.get()
    assert thread.author == cast.fay
    words = thread.posts.get().body
    assert "Asked without a name in the live room" in words
    assert not Delivery.objects.exists()
    for person in (cast.mia, cast.obi):
        for page in (
            thread.get_absolute_url(),
            session.get_absolute_url(),
            url("record_export", session),
        ):
            said = browse(person).get(page).content.decode()
            assert "Who pays?" in said
            assert not re.search(r"\bTia\b", said)
    # Whoever asked or voted follows it, and nobody else learns that.
    assert set(Follow.objects.values_list("member", "thread")) == {
        (cast.tia.pk, thread.pk),
        (cast.mia.pk, thread.pk),
    }


def test_a_hidden_question_goes_nowhere(browse, session, commons, cast, themes):
    hidden = Question.objects.create(
        room_id=session.pk, asker=cast.tia, text="Unkind", state="hidden"
    )

    response = discuss_question(browse(cast.fay), session, hidden, commons, themes)

    assert (response.status_code, Thread.objects.count()) == (404, 0)
    with pytest.raises(following_up.SayingGone):
        following_up.discuss_question(
            question=hidden, by=cast.fay, space=commons, title="x", themes=[]
        )
