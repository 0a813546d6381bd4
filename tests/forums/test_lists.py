from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohort.models import Membership
from forums import queries, services
from forums.models import Bookmark, Level, Reading, Space, Thread
from forums.queries import Filters, list_threads
from forums.queries.following import levels_of
from forums.queries.lists import Counts, count_news, list_saved
from forums.services import following
from tests.factories import PostFactory, ThreadFactory

LIST = "/c/spring/discussions/"


def start(space, author, title, theme, **fields):
    return services.start_thread(
        space=space, author=author, title=title, body=f"<p>{title}</p>", themes=[theme], **fields
    )


@pytest.fixture
def shelf(commons, cast, themes):
    """Five threads of the commons, the oldest first, a day apart."""
    now = timezone.now()
    lesson = next(theme for theme in themes.values() if theme.parent_id == themes["leaders"].pk)
    made = [
        ("one", cast.mia, themes["drivers"], {"tags": ["buses"]}),
        ("two", cast.tia, lesson, {"kind": Thread.Kind.QUESTION}),
        ("three", cast.theo, themes["drivers"], {"kind": Thread.Kind.QUESTION}),
        ("four", cast.tia, themes["leaders"], {"tags": ["buses", "vans"]}),
        ("five", cast.fay, themes["drivers"], {"kind": Thread.Kind.WIN}),
    ]
    return {
        title: start(commons, author, title, theme, at=now - timedelta(days=9 - n), **fields)
        for n, (title, author, theme, fields) in enumerate(made)
    }


def found(member, **filters):
    return [thread.title for thread in list_threads(member, Filters(**filters)).threads]


def test_filters_find_a_themes_lessons_a_tag_and_a_team_and_combine(shelf, cast, themes):
    buses = cast.cohort.tags.get(slug="buses")
    assert found(cast.mia, theme=themes["leaders"]) == ["four", "two"]
    assert found(cast.mia, tag=buses) == ["four", "one"]
    assert found(cast.mia, team=cast.other_team) == ["four", "two"]
    assert found(cast.mia, team=cast.team) == ["three", "one"]
    both = {"team": cast.other_team, "theme": themes["leaders"]}
    assert found(cast.mia, **both, tag=buses) == ["four"]
    assert found(cast.mia, **both, kind="question") == ["two"]


def test_a_theme_finds_its_lessons_where_the_theme_itself_was_not_set(shelf, cast, themes):
    shelf["two"].threadtheme_set.filter(tag=themes["leaders"]).delete()
    assert found(cast.mia, theme=themes["leaders"]) == ["four", "two"]


def test_unanswered_questions_stand_by_age_the_longest_waiting_first(shelf, cast, monkeypatch):
    services.pin_thread(thread=shelf["three"], by=cast.fay)
    assert found(cast.mia, show="unanswered") == ["two", "three"]
    assert found(cast.mia, show="unanswered", sort="new") == ["three", "two"]
    (first, _second) = list_threads(cast.mia, Filters(show="unanswered")).threads
    assert str(first.activity).startswith("asked <time")

    monkeypatch.setattr("forums.queries.lists.PER_PAGE", 1)
    page = list_threads(cast.mia, Filters(show="unanswered"))
    rest = list_threads(cast.mia, Filters(show="unanswered"), page.cursor)
    assert [t.title for t in (*page.threads, *rest.threads)] == ["two", "three"]


def test_following_is_what_one_chose_to_hear(shelf, cast, themes, spaces):
    mia = cast.mia
    assert found(mia, show="following") == []
    following.follow(member=mia, subject=shelf["three"])
    following.follow(member=mia, subject=themes["leaders"])
    following.follow(member=mia, subject=shelf["two"], level=Level.QUIET)
    assert found(mia, show="following") == ["four", "three"]
    following.follow(member=mia, subject=cast.cohort.tags.get(slug="buses"))
    assert found(mia, show="following") == ["four", "three", "one"]
    following.follow(member=mia, subject=spaces["commons"])
    following.follow(member=mia, subject=shelf["five"], level=Level.CONCERNS)
    assert found(mia, show="following") == ["four", "three", "one"]


def test_what_is_quiet_is_listed_and_neither_unread_nor_new(shelf, cast, commons):
    Reading.objects.all().delete()
    following.follow(member=cast.obi, subject=commons, level=Level.QUIET)
    tia = cast.tia
    tia.previous_visit_at = timezone.now() - timedelta(days=30)
    following.follow(member=tia, subject=commons, level=Level.QUIET)
    following.follow(member=tia, subject=shelf["one"], level=Level.CONCERNS)

    assert found(tia, show="unread") == ["one"]
    assert found(tia, show="new") == ["one"]
    rows = {thread.title: thread for thread in list_threads(tia, Filters()).threads}
    assert [title for title, row in rows.items() if row.is_unopened] == ["one"]
    assert len(rows) == 5
    assert count_news(tia, levels_of(tia), [commons]) == Counts({commons.pk: 1}, 1)


def test_counts_are_of_the_spaces_one_sees(shelf, cast, spaces, themes):
    start(spaces[cast.team.slug], cast.theo, "team", themes["drivers"])
    start(spaces["facilitators"], cast.fay, "hush", themes["drivers"])
    visible = list(Space.objects.visible_to(cast.mia))
    counts = count_news(cast.mia, levels_of(cast.mia), visible)
    assert counts.spaces == {spaces["commons"].pk: 4, spaces[cast.team.slug].pk: 1}


def test_counts_are_of_the_latest_threads_only(shelf, cast, commons, monkeypatch):
    monkeypatch.setattr("forums.queries.lists.LOOKED_AT", 3)
    assert count_news(cast.mia, levels_of(cast.mia), [commons]).unread == 3


def test_a_row_of_a_closed_thread_tells_who_wrote_last_and_nothing_they_wrote(
    browse, cast, commons, themes
):
    thread = start(commons, cast.fay, "First you", themes["drivers"], answers_first=True)
    services.publish_reply(thread=thread, author=cast.theo, body="<p>A secret thought.</p>")
    page = browse(cast.tia).get(LIST).content.decode()
    assert "Theo replied" in page
    assert "secret" not in page


# ---------------------------------------------------------------- saved posts


def test_saved_posts_come_latest_saved_first_and_fit_the_filters(shelf, cast, themes):
    for minutes, title in enumerate(["four", "one", "five"]):
        Bookmark.objects.create(
            member=cast.mia,
            post=shelf[title].posts.get(),
            created_at=timezone.now() + timedelta(minutes=minutes),
        )
    Bookmark.objects.create(member=cast.theo, post=shelf["two"].posts.get())

    def saved(**filters):
        page = list_saved(cast.mia, Filters(show="saved", **filters), "", levels_of(cast.mia))
        return [post.thread.title for post in page.posts]

    assert saved() == ["five", "one", "four"]
    assert saved(theme=themes["leaders"]) == ["four"]
    services.remove_post(post=shelf["one"].posts.get())
    assert saved() == ["five", "four"]


def test_saved_posts_page_and_go_with_the_right_to_see_them(shelf, cast, spaces, monkeypatch):
    monkeypatch.setattr("forums.queries.lists.PER_PAGE", 1)
    for title in ("one", "two"):
        Bookmark.objects.create(member=cast.tia, post=shelf[title].posts.get())
    first = list_saved(cast.tia, Filters(show="saved"), "", levels_of(cast.tia))
    second = list_saved(cast.tia, Filters(show="saved"), first.cursor, levels_of(cast.tia))
    assert [page.posts[0].thread.title for page in (first, second)] == ["two", "one"]
    assert second.cursor == ""

    Thread.objects.filter(pk=shelf["one"].pk).update(space=spaces["facilitators"])
    assert (
        list_saved(cast.tia, Filters(show="saved"), first.cursor, levels_of(cast.tia)).posts == []
    )


def test_a_saved_reply_closes_again_with_its_thread(cast, commons, themes):
    thread = start(commons, cast.fay, "First you", themes["drivers"])
    reply = services.publish_reply(thread=thread, author=cast.theo, body="<p>Mine.</p>")
    Bookmark.objects.create(member=cast.tia, post=reply)
    assert len(list_saved(cast.tia, Filters(show="saved"), "", levels_of(cast.tia)).posts) == 1
    Thread.objects.update(answers_first=True)
    assert list_saved(cast.tia, Filters(show="saved"), "", levels_of(cast.tia)).posts == []


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize(
    "query",
    ["", "?show=unread", "?show=new", "?show=following", "?show=mine", "?show=saved",
     "?show=unanswered&sort=new", "?theme=leaders&tag=buses&team=river&kind=win&space=commons",
     "?tag=%00&team=x&theme=y&space=z&show=w&older=q&kind=%F0"],
)  # fmt: skip
def test_any_filter_gives_a_page_within_ten_queries(browse, shelf, mia, query):
    Membership.objects.filter(pk=mia.pk).update(
        last_seen_at=timezone.now(), previous_visit_at=timezone.now()
    )
    Bookmark.objects.create(member=mia, post=shelf["one"].posts.get())
    client = browse(mia)
    client.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{LIST}{query}").status_code == 200
    assert len(captured) <= 10


def test_tabs_say_how_much_waits_and_keep_the_filters(browse, shelf, mia):
    page = browse(mia).get(f"{LIST}?theme=drivers").content.decode()
    assert 'Unread <span class="count">4</span>' in page
    assert "?theme=drivers&amp;show=unread" in page


def test_an_observer_is_offered_nothing_to_keep(browse, shelf, obi):
    page = browse(obi).get(LIST).content.decode()
    assert "Unanswered" in page
    for word in ("Unread", "Following", "Saved", "What you follow"):
        assert word not in page


# ---------------------------------------------------------------- home's and themes' part


def test_home_waits_with_mentions_and_replies_newest_first(cast, commons, themes):
    def named(whom):
        return services.bodies.mentions.mention_html(cast.cohort.slug, whom)

    mine = start(commons, cast.mia, "mine", themes["drivers"])
    theirs = start(commons, cast.theo, "theirs", themes["drivers"])
    services.publish_reply(thread=mine, author=cast.fay, body="<p>A reply.</p>")
    services.publish_reply(thread=theirs, author=cast.fay, body=f"<p>{named(cast.mia)}</p>")
    services.publish_reply(thread=theirs, author=cast.tia, body=f"<p>{named(cast.team)}</p>")
    services.publish_reply(thread=theirs, author=cast.tia, body=f"<p>{named(cast.other_team)}</p>")
    services.publish_reply(thread=mine, author=cast.tia, body=f"<p>{named(cast.mia)}</p>")

    def waiting():
        page = queries.front_page(cast.mia, most_waiting=9, rows=9)
        return [(post.thread.title, post.names_me) for post in page.waiting]

    assert waiting() == [("mine", "person"), ("theirs", "team"), ("theirs", "person"), ("mine", "")]
    services.note_reading(member=cast.mia, thread=mine, number=9)
    assert waiting() == [("theirs", "team"), ("theirs", "person")]
    following.follow(member=cast.mia, subject=theirs, level=Level.QUIET)
    assert waiting() == []


def test_home_keeps_to_questions_of_what_one_follows(shelf, cast, themes):
    def asked():
        page = queries.front_page(cast.mia, most_waiting=1, rows=1)
        return [thread.title for thread in page.questions]

    assert asked() == ["two", "three"]
    following.follow(member=cast.mia, subject=themes["drivers"])
    assert asked() == ["three"]
    following.follow(member=cast.mia, subject=shelf["three"], level=Level.QUIET)
    assert asked() == []


def test_home_shows_the_two_featured_last_once_and_nothing_quiet(shelf, cast):
    for title in ("one", "two", "three"):
        Thread.objects.filter(title=title).update(featured_at=timezone.now())
    following.follow(member=cast.mia, subject=shelf["five"], level=Level.QUIET)
    page = queries.front_page(cast.mia, most_waiting=5, rows=5)
    assert [thread.title for thread in page.featured] == ["three", "two"]
    assert [thread.title for thread in page.threads] == ["four", "one"]


def test_a_teams_own_word_is_told_to_nobody_else(browse, cast, spaces, themes):
    tag = start(spaces["harbor"], cast.mia, "ours", themes["drivers"], tags=["merger"]).tags.get()
    assert tag.slug == "merger"
    assert browse(cast.mia).get("/c/spring/tags/merger/").status_code == 200
    for person in (cast.tia, cast.obi):
        client = browse(person)
        assert client.get("/c/spring/tags/merger/").status_code == 404
        page = client.get("/c/spring/discussions/", {"tag": "merger"})
        assert client.get("/c/spring/discussions/", {"tag": "nothing"}).status_code == 200
        assert "Tagged" not in page.text
    # What one came to follow can be let go of.
    following.follow(member=cast.tia, subject=tag)
    letting_go = "/c/spring/discussions/tags/merger/following/removal/"
    assert browse(cast.tia).post(letting_go).status_code == 302
    assert not cast.tia.follows.exists()


def test_what_no_text_can_hold_is_no_error(browse, mia, commons):
    client = browse(mia)
    assert client.get("/c/spring/tags/a%00b/").status_code == 404
    assert client.post("/c/spring/discussions/tags/%00/following/").status_code == 404
    assert client.post("/c/spring/discussions/reading/", {"space": "\0"}).status_code == 404
    names = {"space": commons.pk, "q": "Mi\0"}
    assert client.get("/c/spring/discussions/names/", names).status_code == 200
    draft = {"draft": "new", "body": "a\0b", "title": "\0", "tags": "x\0", "themes": "\0"}
    assert client.post("/c/spring/discussions/drafts/", draft).status_code == 204
    kept = mia.drafts.get()
    assert (kept.body, kept.title, kept.fields["tags"]) == ("ab", "", "x")
    gone = client.post("/c/spring/discussions/drafts/removal/", {"draft": "n\0ew", "from": "form"})
    assert gone.status_code == 302


def test_a_tags_page_has_what_carries_it_and_may_be_seen(browse, shelf, cast, spaces, themes):
    start(spaces["facilitators"], cast.fay, "hush", themes["drivers"], tags=["buses"])
    page = browse(cast.mia).get("/c/spring/tags/buses/")
    assert [thread.title for thread in page.context["threads"]] == ["four", "one"]


def test_rows_cost_the_same_for_any_number(browse, mia, commons, themes):
    client = browse(mia)
    counts = []
    for more in (1, 3):
        for thread in ThreadFactory.create_batch(more, space=commons):
            PostFactory(thread=thread)
        client.get("/c/spring/themes/drivers/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/c/spring/")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


def test_a_saved_post_is_taken_off_the_list_from_the_list(browse, shelf, mia):
    Bookmark.objects.create(member=mia, post=shelf["one"].posts.get())
    url = f"{LIST}{shelf['one'].pk}/posts/1/bookmark/"
    answer = browse(mia).post(url, {"back": "saved"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?show=saved", 302)]
    assert "You have saved nothing here yet" in answer.content.decode()
