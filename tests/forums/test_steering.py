import pytest
from django.urls import reverse

from cohort.models import Audience, AuditEntry
from forums import services
from forums.models import Post, Space, Thread
from notifications.models import Delivery
from tests.factories import SpaceFactory, ThreadFactory


def url(name, *args):
    return reverse(f"forums:{name}", args=["spring", *args])


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# ---------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("noun", "state", "lines"),
    [
        ("pin", "pinned_at", ["thread.pinned", "thread.unpinned"]),
        ("closing", "closed_at", ["thread.closed", "thread.reopened"]),
        ("feature", "featured_at", ["thread.featured", "thread.unfeatured"]),
    ],
)
def test_a_state_begins_and_ends_once_each_with_a_line(browse, thread, fay, noun, state, lines):
    client = browse(fay)
    for _twice in range(2):
        client.post(url(f"{noun}_create", thread.pk))
    thread.refresh_from_db()
    since = getattr(thread, state)
    assert since is not None
    for _twice in range(2):
        client.post(url(f"{noun}_removal", thread.pk))
    thread.refresh_from_db()
    assert getattr(thread, state) is None
    assert actions() == lines


def test_answers_first_closes_replies_to_who_has_not_written(browse, thread, theo, tia, fay):
    services.publish_reply(thread=thread, author=theo, body="<p>Mine.</p>")
    assert (
        "Ask for answers first?"
        in browse(fay).get(url("answers_first_create", thread.pk)).content.decode()
    )
    browse(fay).post(url("answers_first_create", thread.pk))
    assert [Post.objects.visible_to(m).count() for m in (theo, tia)] == [2, 1]
    browse(fay).post(url("answers_first_removal", thread.pk))
    assert Post.objects.visible_to(tia).count() == 2
    assert actions() == ["thread.answers_first_asked", "thread.answers_first_ended"]


def test_what_closes_replies_tells_open_pages(
    thread, fay, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr("forums.live._send", lambda pk, message: told.append(message["type"]))
    with django_capture_on_commit_callbacks(execute=True):
        services.ask_answers_first(thread=thread, by=fay)
        services.reopen_thread(thread=thread, by=fay)
    assert told == ["access.changed"] * 2


def test_the_menu_offers_each_way_to_steer(browse, thread, fay, mia):
    page = browse(fay).get(thread.get_absolute_url()).content.decode()
    for name in (
        "pin_create", "feature_create", "closing_create", "answers_first_create",
        "announcement_create", "thread_move", "thread_split", "merge_list",
    ):  # fmt: skip
        assert url(name, thread.pk) in page
    assert (
        url("thread_move", thread.pk)
        not in browse(mia).get(thread.get_absolute_url()).content.decode()
    )


# ---------------------------------------------------------------- announce


def test_an_announcement_says_who_gets_it_and_goes_out_once(browse, thread, fay, tia):
    client = browse(fay)
    page = client.get(url("announcement_create", thread.pk)).content.decode()
    assert "4 people get it by mail" in page
    assert not Delivery.objects.exists()

    for _twice in range(2):
        response = client.post(url("announcement_create", thread.pk), follow=True)
    assert "announced already" in response.content.decode()
    assert "announced by mail" in response.content.decode()
    assert Delivery.objects.filter(kind="forums.announcement").count() == 4
    assert actions() == ["thread.announced"]
    assert "It was announced" in client.get(url("announcement_create", thread.pk)).content.decode()


def test_an_announcement_of_a_team_reaches_that_team(browse, spaces, fay, theo, mia):
    thread = ThreadFactory(space=spaces["harbor"], author=fay)
    browse(fay).post(url("announcement_create", thread.pk))
    assert {delivery.recipient for delivery in Delivery.objects.all()} == {theo, mia}


def test_nothing_is_announced_whose_opening_is_hidden(browse, thread, fay):
    services.hide_post(post=thread.posts.get(), by=fay)
    Delivery.objects.all().delete()
    page = browse(fay).get(url("announcement_create", thread.pk)).content.decode()
    assert "there is nothing to mail" in page
    browse(fay).post(url("announcement_create", thread.pk))
    assert not Delivery.objects.exists()


def test_a_new_announcement_leads_to_who_gets_it(browse, fay, commons, themes):
    form = {
        "space": commons.pk, "title": "Snow", "kind": "announcement",
        "themes": [themes["drivers"].pk], "body": "No session today.",
    }  # fmt: skip
    response = browse(fay).post(url("thread_create"), form)
    assert response["Location"] == url("announcement_create", Thread.objects.get().pk)


# ---------------------------------------------------------------- move, split, merge: the pages


def test_the_page_says_who_loses_it_and_moving_moves(browse, thread, spaces, fay, tia):
    client = browse(fay)
    page = client.get(url("thread_move", thread.pk)).content.decode()
    assert "4 people will no longer see it (1 of them wrote in it)." in " ".join(page.split())
    client.post(url("thread_move", thread.pk), {"space": spaces["harbor"].pk})
    assert browse(tia).get(thread.get_absolute_url()).status_code == 404


def test_a_space_elsewhere_is_none_to_move_to(browse, thread, fay, olga):
    space = SpaceFactory(cohort=olga.cohort)
    response = browse(fay).post(url("thread_move", thread.pk), {"space": space.pk})
    assert response.status_code == 422
    thread.refresh_from_db()
    assert thread.cohort == fay.cohort


def test_the_split_page_ticks_a_post_with_all_below_it(browse, thread, theo, tia, fay):
    first = services.publish_reply(thread=thread, author=theo, body="<p>one</p>")
    services.publish_reply(thread=thread, author=tia, parent=first, body="<p>below</p>")
    services.publish_reply(thread=thread, author=tia, body="<p>other</p>")
    picks = browse(fay).get(url("post_split", thread.pk, 2)).context["picks"]
    assert [(pick.number, is_ticked) for pick, is_ticked in picks] == [
        (2, True),
        (3, True),
        (4, False),
    ]


def test_a_split_without_a_title_comes_back_with_what_was_ticked(
    browse, thread, commons, theo, fay
):
    services.publish_reply(thread=thread, author=theo, body="<p>one</p>")
    form = {"posts": ["2"], "title": "", "space": commons.pk, "kind": "question"}
    response = browse(fay).post(url("thread_split", thread.pk), form)
    assert response.status_code == 422
    assert [is_ticked for _pick, is_ticked in response.context["picks"]] == [True]
    assert Thread.objects.count() == 1


def test_a_split_that_came_too_late_is_told(browse, thread, commons, themes, theo, fay):
    services.publish_reply(thread=thread, author=theo, body="<p>one</p>")
    form = {
        "posts": ["2"], "title": "Split", "space": commons.pk, "kind": "question",
        "themes": [themes["drivers"].pk],
    }  # fmt: skip
    client = browse(fay)
    assert client.post(url("thread_split", thread.pk), form).status_code == 302
    response = client.post(url("thread_split", thread.pk), form)
    assert response.status_code == 422
    assert "were moved meanwhile" in response.content.decode()
    assert Thread.objects.count() == 2


def test_old_addresses_lead_on(browse, thread, commons, themes, theo, mia, fay):
    services.publish_reply(thread=thread, author=theo, body="<p>one</p>")
    other = services.split_thread(
        thread=thread, numbers=[2], title="Split", space=commons, themes=[themes["drivers"]],
        kind="discussion", by=fay,
    )  # fmt: skip
    response = browse(mia).get(thread.get_absolute_url(), {"post": 2})
    assert response["Location"] == f"{other.get_absolute_url()}?post=1#post-1"
    services.merge_threads(source=thread, target=other, by=fay)
    response = browse(mia).get(thread.get_absolute_url())
    assert response["Location"] == other.get_absolute_url()


def test_merging_finds_threads_by_title_and_says_what_happens(browse, thread, commons, fay, tia):
    other = ThreadFactory(space=commons, title="Vans and buses")
    ThreadFactory(space=commons, title="Something else")
    client = browse(fay)
    found = client.get(url("merge_list", thread.pk), {"q": "buses VANS"}).context["threads"]
    assert list(found) == [other]
    page = client.get(url("merge_create", thread.pk, other.pk)).content.decode()
    assert "There is no way back." in page
    assert "“Vans and buses” becomes a part of “Buses”." in page
    assert Thread.objects.visible_to(tia).count() == 3

    for _twice in range(2):
        response = client.post(url("merge_create", thread.pk, other.pk), follow=True)
    assert response.status_code == 200
    assert "nothing was done twice" in response.content.decode()
    assert actions() == ["thread.merged"]


# ---------------------------------------------------------------- as a facilitator


def test_a_facilitator_may_write_for_the_facilitators_and_nobody_else(browse, thread, fay, mia):
    for member in (fay, mia):
        form = {"body": f"From {member}.", "as_facilitator": "on"}
        browse(member).post(url("post_create", thread.pk), form)
    said = Post.objects.filter(number__gt=1).order_by("number")
    assert list(said.values_list("author", "as_facilitator")) == [(fay.pk, True), (mia.pk, False)]
    field = 'name="as_facilitator"'
    pages = {m: browse(m).get(thread.get_absolute_url()).content.decode() for m in (fay, mia)}
    assert [m for m in pages if field in pages[m]] == [fay]
    assert "On behalf of the facilitators" in pages[mia]


# ---------------------------------------------------------------- spaces


def names(cohort):
    return [space.name for space in Space.objects.filter(cohort=cohort).in_order()]


def test_spaces_are_added_changed_ordered_and_removed(browse, cohort, spaces, fay):
    client = browse(fay)
    form = {"name": "New", "description": "Asks.", "audience": "cohort"}
    client.post(url("space_create"), form)
    space = Space.objects.get(name="New")
    assert (space.slug, space.audience) == ("new-2", Audience.COHORT)
    assert names(cohort) == ["Commons", "New", "Harbor", "River", "Facilitators"]

    client.post(url("space_shift", space.slug), {"to": "up"})
    assert names(cohort) == ["New", "Commons", "Harbor", "River", "Facilitators"]
    client.post(url("space_shift", space.slug), {"to": "up"})
    for _twice in range(2):
        client.post(url("space_shift", space.slug), {"to": "down"})
    assert names(cohort) == ["Commons", "Harbor", "River", "New", "Facilitators"]

    client.post(url("space_edit", space.slug), {"name": "Office hours", "description": ""})
    space.refresh_from_db()
    assert (space.name, space.slug) == ("Office hours", "new-2")
    client.post(url("space_removal", space.slug))
    assert "Office hours" not in names(cohort)
    assert actions() == ["space.added", "space.changed", "space.removed"]


def test_a_space_that_holds_something_stays(browse, thread, commons, spaces, fay):
    for slug in ("commons", "harbor"):
        page = browse(fay).post(url("space_removal", slug), follow=True).content.decode()
        assert "A space that holds discussions stays." in page
    assert Space.objects.filter(slug__in=["commons", "harbor"]).count() == 2


def test_a_name_that_is_taken_comes_back(browse, spaces, fay):
    form = {"name": "commons ", "description": "Typed.", "audience": "cohort"}
    response = browse(fay).post(url("space_create"), form)
    assert response.status_code == 422
    assert "There is a space of this name already." in response.content.decode()
    assert "Typed." in response.content.decode()


def test_a_team_to_come_finds_its_place_after_spaces_were_ordered(cohort, spaces, fay):
    for up in (True, True):
        services.shift_space(space=spaces["facilitators"], up=up)
    assert names(cohort) == ["Facilitators", "Commons", "Harbor", "River"]


# ---------------------------------------------------------------- what came too late


def test_a_reply_to_what_was_merged_or_moved_says_so_and_keeps_the_words(
    browse, thread, commons, themes, theo, mia, fay
):
    services.publish_reply(thread=thread, author=theo, body="<p>one</p>")
    other = services.split_thread(
        thread=thread, numbers=[2], title="Split", space=commons, themes=[themes["drivers"]],
        kind="discussion", by=fay,
    )  # fmt: skip
    client, form = browse(mia), {"body": "My thought.", "parent": 2}
    page = client.post(url("post_create", thread.pk), form).content.decode()
    assert "went to another discussion while you were writing" in page
    assert "My thought." in page
    services.merge_threads(source=thread, target=other, by=fay)
    for form in ({"body": "My thought."}, {"body": "My thought.", "parent": "x"}):
        page = client.post(url("post_create", thread.pk), form).content.decode()
        assert "became a part of another one while you were writing" in page
        assert "My thought." in page
        assert thread.get_absolute_url() in page


# ---------------------------------------------------------------- home


def test_what_is_featured_stands_on_the_home_of_who_may_read_it(
    browse, thread, spaces, fay, mia, tia
):
    apart = ThreadFactory(space=spaces["harbor"], author=fay, title="Harbor alone")
    for each in (thread, apart):
        services.feature_thread(thread=each, by=fay)
    home = reverse("home:home", args=["spring"])
    featured = {
        m: [one.title for one in browse(m).get(home).context["desk"].forums.featured]
        for m in (mia, tia)
    }
    assert featured == {mia: ["Harbor alone", "Buses"], tia: ["Buses"]}
