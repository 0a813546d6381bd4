from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort.models import Audience
from cohort.search import Narrowing, plain_words, words_of_file
from forums import services
from forums.models import Post, Space, Thread
from forums.queries import search_threads
from forums.queries.search import posts_in_sight
from forums.services.threads import set_tags
from tests.factories import PostFactory, SpaceFactory, ThreadFactory

PIECES = [*"'\"-&|!()\\%", "or", "a:*", "zebra", "<->", "%s", ":*"]


@pytest.fixture
def write(mia, themes):
    def write(space, title, *bodies, author=mia):
        thread = services.start_thread(
            space=space, author=author, title=title, body=bodies[0], themes=[themes["drivers"]]
        )
        for body in bodies[1:]:
            services.publish_reply(thread=thread, author=author, body=body)
        return thread

    return write


def found(member, query, **filters):
    return [strip_tags(hit.title) for hit in search_threads(member, query, Narrowing(**filters))]


def test_search_finds_stems_any_order_phrases_and_beginnings(commons, write, mia):
    write(commons, "Papers", "Our written agreement with the chamber.")
    write(commons, "Other", "The chamber wrote nothing.")

    assert found(mia, "agreements") == ["Papers"]
    assert found(mia, "chamber agreement") == ["Papers"]
    assert found(mia, "agree") == ["Papers"]
    assert found(mia, "chamb") == ["Other", "Papers"]
    assert found(mia, '"written agreement"') == ["Papers"]
    assert found(mia, '"agreement written"') == []
    assert found(mia, "chamber -agreement") == ["Other"]
    assert sorted(found(mia, "agreement or nothing")) == ["Other", "Papers"]


@pytest.mark.parametrize(
    "query", ["", "   ", "the", "'", '"', "a:*", "!!", "\0", "&|", "x" * 5000, "<b>", "-"]
)
def test_search_takes_anything_for_a_query(commons, write, mia, query):
    write(commons, "Papers", "Our agreement.")

    assert found(mia, query) == []


def test_search_gives_a_thread_once_and_its_best_post(commons, write, mia):
    write(commons, "Papers", "Nothing here.", "A bus.", "Bus bus bus, the bus is the thing.")

    (hit,) = search_threads(mia, "bus")
    assert (hit.post_number, hit.url.partition("?")[2]) == (3, "post=3#post-3")
    assert "<mark>Bus</mark>" in hit.headline


def test_search_ranks_a_title_above_a_mention(commons, write, mia):
    write(commons, "Ferries", "By water.")
    write(commons, "Something else", "We once took ferries.")

    assert found(mia, "ferries") == ["Ferries", "Something else"]


def test_search_shows_markup_as_text(commons, write, mia):
    write(commons, "Papers", "An &lt;img src=x onerror=alert(1)&gt; agreement &amp; more")

    (hit,) = search_threads(mia, "agreement")
    assert "&lt;img" in hit.headline
    assert "<img" not in hit.headline


def test_search_stays_inside_what_each_may_see(cast, spaces, write):
    back = spaces["facilitators"]
    team = spaces[cast.team.slug]
    write(spaces["commons"], "open", "zebra")
    write(team, "team", "zebra")
    write(back, "back", "zebra", author=cast.fay)
    write(SpaceFactory(cohort=cast.olga.cohort), "olgas", "zebra", author=cast.olga)

    told = {n: sorted(found(getattr(cast, n), "zebra")) for n in ("fay", "mia", "tia", "obi")}
    assert told == {
        "fay": ["back", "open", "team"], "mia": ["open", "team"], "tia": ["open"], "obi": ["open"],
    }  # fmt: skip
    assert len(search_threads(cast.olga, "zebra")) == 1
    assert team.audience == Audience.TEAM


def test_search_forgets_what_was_removed(commons, write, mia):
    thread = write(commons, "Papers", "First.", "A secret zebra.")
    services.remove_post(post=thread.posts.get(number=2))
    assert found(mia, "zebra") == []

    services.remove_post(post=thread.posts.get(number=1))
    assert found(mia, "papers") == []


def test_search_finds_either_of_two_and_ends_open_after_them(commons, write, mia):
    write(commons, "Papers", "Our written agreement with the chamber.")
    write(commons, "Trains", "They leave at nine.")

    assert sorted(found(mia, "trains or agreemen")) == ["Papers", "Trains"]
    assert found(mia, '"written agreement" cham') == ["Papers"]
    assert found(mia, "or") == []


def test_search_marks_titles_and_names_of_files(commons, write, mia):
    thread = write(commons, "Ferry times", "See the file.", "Nothing.")
    name = words_of_file("Q3_ferry-budget.xlsx")
    Post.objects.filter(thread=thread, number=2).update(attached_names=name)

    (by_title,) = search_threads(mia, "ferries")
    assert by_title.title == "<mark>Ferry</mark> times"
    (by_file,) = search_threads(mia, "budgets")
    assert (by_file.post_number, by_file.in_file_name) == (2, True)
    assert [hit.post_number for hit in search_threads(mia, "Q3_ferry-budget.xlsx")] == [2]


def test_search_keeps_what_is_closed_until_one_has_answered(cast, commons, write):
    thread = services.start_thread(
        space=commons, author=cast.fay, title="First you", body="Say how.", themes=[],
        answers_first=True,
    )  # fmt: skip
    services.publish_reply(thread=thread, author=cast.theo, body="By zebra.")

    told = {
        n: len(search_threads(getattr(cast, n), "zebra")) for n in ("fay", "theo", "mia", "obi")
    }
    assert told == {"fay": 1, "theo": 1, "mia": 0, "obi": 0}
    assert found(cast.mia, "say how") == ["First you"]

    services.publish_reply(thread=thread, author=cast.mia, body="On foot.")
    assert found(cast.mia, "zebra") == ["First you"]


def test_posts_in_sight_are_those_visible_and_standing(cast, spaces, write):
    for number, space in enumerate(spaces.values()):
        thread = write(space, f"{number}", "a", "b", "c", author=cast.fay)
        thread.posts.filter(number=2).update(hidden_at=timezone.now())
        services.remove_post(post=thread.posts.get(number=3))
    asking = write(spaces["commons"], "asking", "a", "b", author=cast.theo)
    Thread.objects.filter(pk=asking.pk).update(answers_first=True)
    gone = write(spaces["commons"], "gone", "a", "b", author=cast.fay)
    Thread.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    ThreadFactory(space=SpaceFactory(cohort=cast.olga.cohort))

    for name in ("fay", "theo", "mia", "tia", "obi", "olga"):
        member = getattr(cast, name)
        rooms = list(Space.objects.visible_to(member).values_list("pk", flat=True))
        seen = set(posts_in_sight(member, rooms).values_list("pk", flat=True))
        allowed = Post.objects.visible_to(member).standing()
        assert seen == set(allowed.values_list("pk", flat=True)), name
        assert seen, name


def test_search_shows_nothing_of_a_hidden_opening_but_its_title(commons, write, mia):
    thread = write(commons, "Papers", "A secret zebra.", "Another word.")
    thread.posts.filter(number=1).update(hidden_at=timezone.now())

    assert found(mia, "zebra") == []
    (hit,) = search_threads(mia, "papers")
    assert hit.headline == ""


def test_search_filters(commons, spaces, write, mia, theo, themes):
    write(commons, "hers", "zebra")
    his = write(spaces[mia.team.slug], "his", "zebra", author=theo)
    set_tags(his, ["Buses"])
    lesson = themes["drivers"].lessons.first()
    Thread.objects.filter(pk=his.pk).update(kind="question")
    old = timezone.now() - timedelta(days=3)
    Post.objects.filter(thread=his).update(created_at=old)
    Thread.objects.filter(pk=his.pk).update(created_at=old)
    both = ["hers", "his"]

    assert found(mia, "zebra", authors=(theo.pk,)) == ["his"]
    assert found(mia, "zebra", space=commons.pk) == ["hers"]
    assert found(mia, "zebra", themes=(themes["leaders"].pk,)) == []
    assert sorted(found(mia, "zebra", themes=(themes["drivers"].pk, lesson.pk))) == both
    assert found(mia, "zebra", tag="buses") == ["his"]
    assert found(mia, "zebra", kind="question") == ["his"]
    assert sorted(found(mia, "zebra", team=mia.team_id)) == both
    assert found(mia, "zebra", since=timezone.now() - timedelta(days=1)) == ["hers"]
    assert found(mia, "zebra", until=timezone.now() - timedelta(days=1)) == ["his"]
    assert found(mia, "zebra", at=timezone.now() - timedelta(days=1)) == ["his"]
    # Without words: the latest of what it is narrowed to.
    assert found(mia, "", team=mia.team_id) == both
    assert found(mia, "") == []


def test_search_narrows_to_an_outsiders_name(commons, write, mia):
    thread = write(commons, "Letters", "zebra", "zebra")
    thread.posts.filter(number=2).update(author=None, author_name="Zoë Quill")

    (hit,) = search_threads(mia, "zebra", Narrowing(author_name="zoe quill"))
    assert (hit.post_number, hit.author) == (2, "Zoë Quill")
    assert found(mia, "zebra", author_name="nobody") == []


def test_search_prefers_the_fresh_among_equals(commons, write, mia):
    old = write(commons, "old", "zebra")
    write(commons, "new", "zebra")
    ago = timezone.now() - timedelta(days=300)
    Post.objects.filter(thread=old).update(created_at=ago)

    assert found(mia, "zebra") == ["new", "old"]


def test_search_costs_three_queries_for_one_and_for_three(
    commons, write, mia, django_assert_num_queries
):
    for count in (1, 3):
        while len(search_threads(mia, "zebra")) < count:
            write(commons, "Z", "zebra", "zebra again")
        with django_assert_num_queries(3):
            hits = search_threads(mia, "zebra")
            assert (len(hits), len(hits[:20])) == (count, count)


def test_search_of_a_common_word_looks_through_the_latest(commons, mia, monkeypatch):
    monkeypatch.setattr("forums.queries.search.MOST_POSTS", 3)
    thread = ThreadFactory(space=commons)
    posts = [PostFactory(thread=thread, body_text="zebra") for _ in range(4)]

    hits = search_threads(mia, "zebra")
    assert (len(hits), hits.is_cut) == (1, True)
    assert hits[0].post_number in {post.number for post in posts[1:]}


@pytest.mark.parametrize("threshold", [0, 1000])
def test_search_among_many_posts_finds_the_same(commons, write, mia, monkeypatch, threshold):
    """A common word is looked for in the latest posts, a rare one in the index of words."""
    monkeypatch.setattr("forums.queries.search.MANY_POSTS", -2)
    monkeypatch.setattr("forums.queries.search.COMMON_IN_SAMPLE", threshold)
    for number in range(3):
        write(commons, f"Papers {number}", "A zebra.", "No horse.")
    services.remove_post(post=Post.objects.filter(number=2).first())

    assert found(mia, "zebra") == ["Papers 2", "Papers 1", "Papers 0"]
    assert len(found(mia, "horse")) == 2
    assert found(mia, "giraffe") == []


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    query=st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
        st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
        st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    )
)
def test_search_takes_wild_queries(query, commons, mia):
    if not commons.threads.exists():
        ThreadFactory(space=commons, title="zebra")

    assert len(search_threads(mia, query)[:5]) <= 1
    assert all(word in query.replace("\0", " ") for word in plain_words(query))
