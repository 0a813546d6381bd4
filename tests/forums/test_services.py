import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cohort import events
from cohort.models import Cohort, Tag
from forums import services
from forums.models import Post, Reading, Space, Thread
from tests.factories import CohortFactory, TagFactory, TeamFactory


def tree(thread):
    """Posts in the tree's order, as number and depth."""
    return [(post.number, post.depth) for post in thread.posts.order_by("path")]


def at_once(count, work):
    """Run `work` in `count` threads that begin together, each with its own connection."""
    gate, errors = threading.Barrier(count), []

    def run():
        try:
            gate.wait(timeout=30)
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    runners = [threading.Thread(target=run) for _ in range(count)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=120)
    return errors


# ---------------------------------------------------------------- spaces


def test_open_spaces_gives_a_cohort_its_rooms_once(cast):
    services.open_spaces(cast.cohort)
    services.open_spaces(cast.cohort)

    found = [(s.slug, s.audience, s.team) for s in Space.objects.filter(cohort=cast.cohort)]
    teams = sorted([cast.team, cast.other_team], key=lambda team: team.name)
    assert found == [
        ("commons", "cohort", None),
        *((team.slug, "team", team) for team in teams),
        ("facilitators", "facilitators", None),
    ]


def test_team_space_finds_a_slug_where_its_own_is_taken(cohort):
    services.open_spaces(cohort)
    team = TeamFactory(cohort=cohort, slug="commons", name="Commons")

    assert services.ensure_team_space(team).slug == f"team-{team.pk}"


def test_spaces_open_when_a_cohort_and_a_team_appear(db):
    cohort = CohortFactory(slug="fresh")
    events.cohort_created(cohort)
    events.team_created(TeamFactory(cohort=cohort, slug="river"))

    slugs = set(Space.objects.filter(cohort=cohort).values_list("slug", flat=True))
    assert slugs == {"commons", "facilitators", "river"}


# ---------------------------------------------------------------- threads


def test_start_thread_keeps_all_that_lists_show(commons, mia, themes):
    thread = services.start_thread(
        space=commons,
        author=mia,
        title="Buses",
        body="<p>Who drives?</p><p>And who pays?</p>",
        themes=[themes["shared-urgency"]],
        tags=["Rural", "transport"],
        kind=Thread.Kind.QUESTION,
    )

    thread.refresh_from_db()
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (1, 0, mia)
    assert {theme.slug for theme in thread.themes.all()} == {"drivers", "shared-urgency"}
    assert {tag.name for tag in thread.tags.all()} == {"Rural", "transport"}
    post = thread.posts.get()
    assert (post.number, post.parent, post.author) == (1, None, mia)
    assert post.body == "<p>Who drives?</p><p>And who pays?</p>"
    assert Reading.objects.get(member=mia, thread=thread).number == 1


def test_start_thread_takes_the_cohorts_tag_whatever_its_case(commons, mia, themes, olga):
    ours = TagFactory(cohort=mia.cohort, name="Rural", slug="rural")
    TagFactory(cohort=olga.cohort, name="rural", slug="rural")

    thread = services.start_thread(
        space=commons, author=mia, title="T", body="B", themes=[themes["drivers"]],
        tags=["RURAL", "日本", "C", "C++"],
    )  # fmt: skip

    assert ours in thread.tags.all()
    assert {tag.name for tag in thread.tags.all()} == {"Rural", "日本", "C", "C++"}
    assert Tag.objects.filter(cohort=mia.cohort).count() == 4


def test_start_thread_gives_the_first_again_for_the_same_form(commons, mia, theo, themes):
    key = uuid.uuid4()

    def send(author):
        return services.start_thread(
            space=commons, author=author, title="T", body="B",
            themes=[themes["drivers"]], tags=["a"], form_key=key,
        )  # fmt: skip

    assert send(mia) == send(mia)
    assert send(theo) != send(mia)
    assert Thread.objects.count() == Post.objects.count() == 2


# ---------------------------------------------------------------- replies


def test_publish_reply_places_counts_and_lifts(thread, theo, mia):
    first = services.publish_reply(thread=thread, author=theo, body="We do.")
    services.publish_reply(thread=thread, author=mia, body="And pay?")
    services.publish_reply(thread=thread, author=mia, body="Thanks.", parent=first)

    assert tree(thread) == [(1, 0), (2, 0), (4, 1), (3, 0)]
    thread.refresh_from_db()
    assert (thread.last_number, thread.reply_count, thread.last_post_by) == (4, 3, mia)
    assert thread.last_posted_at == thread.posts.get(number=4).created_at


def test_publish_reply_keeps_read_what_was_read(thread, mia, theo):
    services.publish_reply(thread=thread, author=mia, body="One.")
    assert Reading.objects.get(member=mia).number == 2

    services.publish_reply(thread=thread, author=theo, body="Two.")
    services.publish_reply(thread=thread, author=mia, body="Three.")
    assert Reading.objects.get(member=mia).number == 2


def test_publish_reply_nests_to_any_depth(thread, mia):
    post = thread.posts.get()
    for _ in range(510):
        post = services.publish_reply(thread=thread, author=mia, body="Deeper.", parent=post)

    assert [p.number for p in thread.posts.order_by("path")] == list(range(1, 512))


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda t: services.close_thread(thread=t), services.ThreadClosed),
        (
            lambda t: Thread.objects.filter(pk=t.pk).update(deleted_at=timezone.now()),
            services.ThreadGone,
        ),
        (lambda t: services.remove_post(post=t.posts.get(number=2)), services.ParentGone),
    ],
)
def test_publish_reply_refuses_what_came_too_late(thread, theo, mia, spoil, refusal):
    parent = services.publish_reply(thread=thread, author=theo, body="We do.")
    spoil(thread)

    with pytest.raises(refusal):
        services.publish_reply(thread=thread, author=mia, body="Late.", parent=parent)
    assert thread.posts.count() == 2


@pytest.mark.django_db(transaction=True)
def test_same_form_sent_20_times_at_once_is_one_post(thread, theo):
    key = uuid.uuid4()

    errors = at_once(
        20,
        lambda: services.publish_reply(thread=thread, author=theo, body="Once.", form_key=key),
    )

    thread.refresh_from_db()
    assert errors == []
    assert (thread.posts.count(), thread.last_number, thread.reply_count) == (2, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_same_thread_sent_20_times_at_once_is_one_thread(commons, theo, themes):
    key = uuid.uuid4()

    errors = at_once(
        20,
        lambda: services.start_thread(
            space=commons, author=theo, title="T", body="B", themes=[themes["drivers"]],
            tags=["new", "word"], form_key=key,
        ),
    )  # fmt: skip

    assert errors == []
    assert (Thread.objects.count(), Post.objects.count()) == (1, 1)
    assert Tag.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_replies_at_once_get_numbers_without_gaps(thread, theo):
    errors = at_once(12, lambda: services.publish_reply(thread=thread, author=theo, body="Me too."))

    thread.refresh_from_db()
    assert errors == []
    numbers = sorted(thread.posts.values_list("number", flat=True))
    assert numbers == list(range(1, 14))
    assert (thread.last_number, thread.reply_count) == (13, 12)


# ---------------------------------------------------------------- edits, removals, states


def test_edit_post_says_so_only_when_something_changed(thread):
    post = thread.posts.get()

    assert services.edit_post(post=post, body="Who drives?").edited_at is None
    edited = services.edit_post(post=post, body="Who drives, <strong>exactly</strong>?")
    assert edited.edited_at is not None
    assert edited.body_text == "Who drives, exactly?"
    assert "<b>" not in edited.body


def test_remove_post_takes_the_text_and_keeps_the_tree(thread, theo, mia):
    reply = services.publish_reply(thread=thread, author=theo, body="A secret word.")
    services.publish_reply(thread=thread, author=mia, body="What?", parent=reply)
    services.mark_answer(thread=thread, post=reply)

    services.remove_post(post=reply)
    services.remove_post(post=reply)

    reply.refresh_from_db()
    thread.refresh_from_db()
    assert (reply.body, reply.body_text, reply.deleted_at is None) == ("", "", False)
    assert tree(thread) == [(1, 0), (2, 0), (3, 1)]
    assert (thread.reply_count, thread.answer) == (1, None)
    assert not Post.objects.filter(search="secret").exists()


def test_remove_post_gives_the_last_word_back(thread, theo, fay):
    services.publish_reply(thread=thread, author=theo, body="We do.")
    last = services.publish_reply(thread=thread, author=fay, body="Typo.")

    services.remove_post(post=last)

    thread.refresh_from_db()
    assert (thread.last_post_by, thread.last_number, thread.reply_count) == (theo, 3, 1)


def test_remove_post_takes_the_thread_along_when_nothing_stands(thread, theo, mia):
    reply = services.publish_reply(thread=thread, author=theo, body="We do.")
    services.remove_post(post=thread.posts.get(number=1))
    assert Thread.objects.visible_to(mia).count() == 1

    services.remove_post(post=reply)
    assert Thread.objects.visible_to(mia).count() == 0


def test_nobody_writes_into_a_thread_that_moved_out_of_their_sight(thread, spaces, tia, fay):
    services.move_thread(thread=thread, space=spaces["facilitators"], by=fay)
    with pytest.raises(services.ThreadGone):
        services.publish_reply(thread=thread, author=tia, body="<p>Too late.</p>")
    assert thread.posts.count() == 1


def test_mark_answer_refuses_the_question_itself_and_what_is_gone(thread, theo):
    reply = services.publish_reply(thread=thread, author=theo, body="We do.")
    services.remove_post(post=reply)

    for post in (thread.posts.get(number=1), reply):
        with pytest.raises(services.PostGone):
            services.mark_answer(thread=thread, post=post)


def test_states_can_be_set_twice_and_taken_back(thread):
    services.pin_thread(thread=thread)
    services.close_thread(thread=thread)
    thread.refresh_from_db()
    first = (thread.pinned_at, thread.closed_at)
    services.pin_thread(thread=thread)
    services.close_thread(thread=thread)
    thread.refresh_from_db()
    assert (thread.pinned_at, thread.closed_at) == first

    services.unpin_thread(thread=thread)
    services.reopen_thread(thread=thread)
    thread.refresh_from_db()
    assert (thread.pinned_at, thread.closed_at) == (None, None)


def test_note_reading_never_goes_back(thread, theo):
    for number in (3, 2):
        services.note_reading(member=theo, thread=thread, number=number)

    assert Reading.objects.get(member=theo).number == 3


def test_deleting_a_person_leaves_what_others_wrote(thread, theo, mia):
    services.publish_reply(thread=thread, author=theo, body="We do.")
    mia.user.delete()

    thread.refresh_from_db()
    assert (thread.author, thread.posts.count(), thread.reply_count) == (None, 2, 1)
    assert Cohort.objects.filter(pk=thread.cohort_id).exists()
    assert thread.created_at <= timezone.now() + timedelta(seconds=1)
