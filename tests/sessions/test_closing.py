"""After a session: its close-out, who hears of it, feedback, and its record."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohort.models import Audience, AuditEntry, Membership
from forums.models import Follow, Post, Thread
from notifications import bell, registry
from notifications.models import Choices, Delivery, Entry
from sessions.models import (
    Attendance,
    ChatMessage,
    CloseOut,
    Feedback,
    FollowUp,
    Pulse,
    Question,
    QuestionVote,
    SharedNotes,
)
from sessions.notices import CATCH_UP, DISCUSSED, FEEDBACK
from sessions.queries.feedback import feedback_of
from sessions.services import closing, following_up
from sessions.services.agenda import AgendaPart, set_agenda, set_tasks
from sessions.services.attendance import mark_attendance
from sessions.services.feedback import give_feedback
from tests.factories import MembershipFactory, ResourceFactory, SessionFactory, SpaceFactory
from tests.sessions.test_views import say


def url(name, session, *more):
    return reverse(f"sessions:{name}", args=[session.cohort.slug, session.pk, *more])


@pytest.fixture
def session(cohort):
    return SessionFactory(cohort=cohort, starts_in=timedelta(hours=-3), title="Trust")


@pytest.fixture
def commons(cohort):
    return SpaceFactory(cohort=cohort, slug="commons", name="Commons")


RECORD = {
    "recording_url": "https://video.example.org/1",
    "summary": "<p>We <strong>met</strong>.</p><script>x</script>",
    "next_steps": "<ul><li>Write it down</li></ul>",
    "is_html": "on",
}


# ------------------------------------------------------------ the close-out


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


# ------------------------------------------------------------ the news


def compose(kind):
    """What is mailed, by first name: the subject, or why not."""
    found = {}
    deliveries = list(
        Delivery.objects.filter(kind=kind).select_related(
            "cohort", "recipient__user", "recipient__cohort"
        )
    )
    for delivery, outcome in registry.kinds[kind].compose(deliveries):
        subject = getattr(outcome, "subject", None)
        found[delivery.recipient.user.name] = subject or f"not: {outcome.reason}"
    return found


@pytest.fixture
def closed(session, cast):
    mark_attendance(session=session, members=[cast.mia, cast.theo], mark="attended", by=cast.fay)
    closing.keep_record(
        session=session,
        summary="<p>Leave your door open.</p>",
        next_steps="",
        recording_url="https://video.example.org/1",
    )
    closing.finish(session=session, by=cast.fay)
    session.refresh_from_db()
    return session


def test_what_goes_out_is_looked_at_again(closed, cast):
    assert compose(FEEDBACK) == {
        "Mia": "Two questions about “Trust”",
        "Theo": "Two questions about “Trust”",
    }
    assert compose(CATCH_UP) == {"Tia": "What you missed: Trust"}

    give_feedback(session=closed, member=cast.mia, score=5, words="")
    mark_attendance(session=closed, members=[cast.theo], mark="absent", by=cast.fay)
    mark_attendance(session=closed, members=[cast.tia], mark="attended", by=cast.fay)

    assert compose(FEEDBACK) == {"Mia": "not: feedback-given", "Theo": "not: was-not-there"}
    assert compose(CATCH_UP) == {"Tia": "not: was-there"}

    closed.status = "cancelled"
    closed.save()
    assert set(compose(FEEDBACK).values()) == {"not: gone"}


def test_a_mail_of_a_closed_space_holds_nothing_back_and_nothing_more(closed, cast):
    closed.resources.add(
        ResourceFactory(cohort=cast.cohort, title="For all"),
        ResourceFactory(
            cohort=cast.cohort, title="Harbor only", audience=Audience.TEAM, team=cast.team
        ),
    )
    delivery = Delivery.objects.select_related(
        "cohort", "recipient__user", "recipient__cohort"
    ).get(kind=CATCH_UP)

    [(_delivery, mail)] = registry.kinds[CATCH_UP].compose([delivery])

    for part in (mail.text, mail.html):
        assert "Leave your door open." in part
        assert "For all" in part
        assert "Harbor only" not in part
        assert "video.example.org" not in part  # it is watched from the session's page


@pytest.mark.parametrize("count", [1, 3])
def test_mails_cost_the_same_for_any_number(session, cast, count, django_assert_num_queries):
    people = [MembershipFactory(cohort=cast.cohort, team=cast.team) for _n in range(count)]
    mark_attendance(session=session, members=people, mark="attended", by=cast.fay)
    closing.finish(session=session, by=cast.fay)
    deliveries = list(
        Delivery.objects.filter(kind=FEEDBACK).select_related(
            "cohort", "recipient__user", "recipient__cohort"
        )
    )
    assert len(deliveries) == count

    with django_assert_num_queries(5):
        list(registry.kinds[FEEDBACK].compose(deliveries))


def test_the_bell_says_it_while_it_is_so(closed, cast):
    def lines(member):
        entries = Entry.objects.filter(member=member)
        entries = entries.select_related("member__user", "member__cohort", "member__team")
        return [line.title for line in bell.lines_of(list(entries)).values()]

    assert lines(cast.mia) == ["How was “Trust”?"]
    assert lines(cast.tia) == ["What you missed: Trust"]

    give_feedback(session=closed, member=cast.mia, score=5, words="")
    closed.audience, closed.team = Audience.TEAM, cast.team
    closed.save()

    assert lines(cast.mia) == []
    assert lines(cast.tia) == []


def test_reading_the_page_reads_what_the_bell_said(browse, closed, cast):
    assert bell.unread_count(cast.tia) == 1

    browse(cast.tia).get(closed.get_absolute_url())

    assert bell.unread_count(cast.tia) == 0


# ------------------------------------------------------------ feedback


def test_feedback_is_given_once_and_can_be_changed(browse, closed, cast):
    client = browse(cast.mia)
    assert client.post(url("feedback_edit", closed), {"words": "Good"}).status_code == 422
    assert client.post(url("feedback_edit", closed), {"score": "6"}).status_code == 422

    client.post(url("feedback_edit", closed), {"score": "4", "words": "More time"})
    client.post(url("feedback_edit", closed), {"score": "5", "words": "More time!"})

    row = Feedback.objects.get()
    assert (row.member, row.score, row.words) == (cast.mia, 5, "More time!")


@pytest.mark.parametrize("person", ["tia", "fay", "obi"])
def test_only_members_who_were_there_are_asked(browse, closed, cast, person):
    mark_attendance(session=closed, members=[cast.fay], mark="attended", by=cast.fay)
    mark_attendance(session=closed, members=[cast.tia], mark="excused", by=cast.fay)
    Attendance.objects.create(session=closed, member=cast.obi, mark="attended")

    response = browse(getattr(cast, person)).post(url("feedback_edit", closed), {"score": "1"})

    assert response.status_code == 403
    assert not Feedback.objects.exists()


def test_feedback_closes_two_weeks_after_the_close_out(browse, closed, cast):
    CloseOut.objects.update(finished_at=timezone.now() - timedelta(days=13))
    assert browse(cast.mia).get(url("feedback_edit", closed)).status_code == 200

    CloseOut.objects.update(finished_at=timezone.now() - timedelta(days=15))

    assert browse(cast.mia).post(url("feedback_edit", closed), {"score": "1"}).status_code == 403


def answer(session, count):
    for n in range(count):
        member = MembershipFactory(cohort=session.cohort)
        give_feedback(session=session, member=member, score=1 + n % 5, words=f"Words {n}")


def test_feedback_of_few_is_shown_to_nobody(browse, closed, cast):
    answer(closed, 3)
    found = feedback_of(closed, closed.close_out)
    assert (found.given, found.shown, found.words, found.scores) == (3, 0, (), ())
    assert "Words" not in browse(cast.fay).get(closed.get_absolute_url()).content.decode()


def test_feedback_comes_to_light_four_at_a_time_without_names(browse, closed, cast):
    answer(closed, 6)
    give_feedback(
        session=closed,
        member=MembershipFactory(cohort=cast.cohort, user__name="Zelda Secret"),
        score=5,
        words="",
    )

    found = feedback_of(closed, closed.close_out)
    assert (found.given, found.shown, found.average) == (7, 4, 2.5)
    assert sorted(found.words) == ["Words 0", "Words 1", "Words 2", "Words 3"]
    assert found.scores == ((5, 0), (4, 1), (3, 1), (2, 1), (1, 1))
    page = browse(cast.fay).get(closed.get_absolute_url()).content.decode()
    assert "Words 3" in page
    assert "Words 5" not in page
    assert "Zelda" not in re.sub(r"(?s)<aside.*?</aside>", "", page)
    for person in (cast.mia, cast.obi):
        assert "Words 3" not in browse(person).get(closed.get_absolute_url()).content.decode()

    CloseOut.objects.update(finished_at=timezone.now() - timedelta(days=15))
    closed.close_out.refresh_from_db()
    assert feedback_of(closed, closed.close_out).shown == 7


# ------------------------------------------------------------ from a line to a discussion


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


# ------------------------------------------------------------ questions


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
            assert "Tia" not in said
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


def test_the_shared_notes_are_taken_over_into_the_summary(browse, session, fay):
    SharedNotes.objects.create(session=session, text="- A door\n- A table")

    response = browse(fay).post(url("close_out", session), {**RECORD, "take_notes": "1"})

    form = response.context["form"]
    assert form.fields["summary"].html == (
        "<p>We <strong>met</strong>.</p><ul><li>A door</li><li>A table</li></ul>"
    )
    session.refresh_from_db()
    assert session.summary == ""


# ------------------------------------------------------------ the record


def test_the_transcript_is_searched(browse, session, cast):
    say(session, cast.mia, 1, "The apprenticeships begin in May")
    say(session, cast.theo, 2, "Lunch?")
    say(session, cast.tia, 3, "An apprenticeship needs a mentor")
    ChatMessage.objects.filter(seq=3).update(removed_at=timezone.now())

    page = browse(cast.mia).get(url("transcript", session), {"q": "apprenticeship"})

    assert [line.seq for line in page.context["found"]] == [1]
    words = page.content.decode()
    assert "<mark>apprenticeships</mark>" in words
    assert "mentor" not in words
    assert f'href="{url("transcript", session)}?before=101#line-1"' in words
    nothing = browse(cast.mia).get(url("transcript", session), {"q": "zebra"})
    assert nothing.context["found"] == []


def test_lines_are_found_by_the_search_of_everything_by_those_who_may(browse, session, cast):
    team = SessionFactory(cohort=cast.cohort, audience=Audience.TEAM, team=cast.team)
    say(session, cast.mia, 1, "Zebra crossing")
    say(team, cast.mia, 1, "Zebra in private")
    gone = say(session, cast.mia, 2, "Zebra unkind")
    ChatMessage.objects.filter(pk=gone.pk).update(removed_at=timezone.now())

    def found(person):
        page = browse(person).get(reverse("home:search", args=["spring"]), {"q": "zebra"})
        tab = next(tab for tab in page.context["found"].tabs if tab.name == "rooms")
        return sorted(re.sub(r"<.*?>", "", hit.passage) for hit in tab.hits)

    assert found(cast.mia) == ["Zebra crossing …", "Zebra in private …"]
    assert found(cast.tia) == found(cast.obi) == ["Zebra crossing …"]


def test_the_record_is_one_file_without_what_was_removed(browse, closed, cast):
    say(closed, cast.mia, 1, "Hello & <b>welcome</b>")
    say(closed, cast.mia, 2, "Unkind words")
    ChatMessage.objects.filter(seq=2).update(removed_at=timezone.now())

    def file(person):
        response = browse(person).get(url("record_export", closed))
        assert response["Content-Disposition"] == 'attachment; filename="trust.html"'
        return response.content.decode()

    for person in (cast.tia, cast.obi, cast.fay):
        words = file(person)
        assert "Hello &amp; &lt;b&gt;welcome" in words
        assert "Leave your door open." in words
        assert "1 of 1 organization was there" in words
        assert "Unkind" not in words
        assert not re.search(r'<(script|link|img)|src="', words)
    assert "Attendance</h2>" not in file(cast.tia)
    assert "Attendance</h2>" in file(cast.fay)


@pytest.mark.parametrize("count", [1, 3])
def test_the_record_costs_the_same_for_any_number(
    browse, session, cast, count, commons, django_assert_num_queries
):
    for seq in range(1, count + 1):
        person = MembershipFactory(cohort=cast.cohort, team=cast.team)
        line = say(session, person, seq)
        mark_attendance(session=session, members=[person], mark="attended", by=cast.fay)
        following_up.discuss_line(line=line, by=cast.fay, space=commons, title=f"D{seq}", themes=[])
    closing.finish(session=session, by=cast.fay)
    client = browse(cast.tia)
    client.get(reverse("home:start"))
    client.get(session.get_absolute_url())

    with django_assert_num_queries(9):
        client.get(session.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_a_record_with_every_part_costs_the_same_for_any_number(
    browse, session, cast, count, commons, django_assert_num_queries
):
    set_agenda(session, [AgendaPart(f"Part {n}", 9, presenters=[cast.mia]) for n in range(count)])
    set_tasks(session, [f"Task {n}" for n in range(count)])
    for seq in range(1, count + 1):
        person = MembershipFactory(cohort=cast.cohort, team=cast.team)
        line = say(session, person, seq)
        mark_attendance(session=session, members=[person], mark="attended", by=cast.fay)
        following_up.discuss_line(line=line, by=cast.fay, space=commons, title=f"D{seq}", themes=[])
        Question.objects.create(room_id=session.pk, asker=person, text="Who?", rev=seq)
        Pulse.objects.create(room_id=session.pk, question="How?", rev=seq, closed_at=timezone.now())
        session.resources.add(ResourceFactory(cohort=cast.cohort))
    SharedNotes.objects.create(session=session, text="Written together")
    closing.finish(session=session, by=cast.fay)
    client = browse(cast.tia)
    client.get(reverse("home:start"))
    client.get(session.get_absolute_url())

    with django_assert_num_queries(15):
        client.get(session.get_absolute_url())


def test_wishes_are_respected(session, cast):
    Choices.objects.update_or_create(
        member=cast.tia, defaults={"switched": ["catch-up:bell", "catch-up:mail"]}
    )

    closing.finish(session=session, by=cast.fay)

    assert not Entry.objects.filter(member=cast.tia).exists()
    assert Entry.objects.filter(member=cast.theo).exists()
