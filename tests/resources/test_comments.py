import threading
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse

from cohort.files import check_upload
from cohort.models import Audience
from forums.models import Draft, Follow, Level, Post, Space, Thread
from forums.services import add_space, merge_threads, move_thread, publish_reply, remove_post
from resources import services
from resources.models import Resource
from tests.factories import SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db


def say(resource, author, words="It worked.", **more) -> Post:
    return services.comment_on(resource=resource, author=author, body=f"<p>{words}</p>", **more)


def at(resource) -> str:
    return reverse("resources:comment_create", args=[resource.cohort.slug, resource.pk])


def written(words="It worked.", **more) -> dict:
    return {"body": words, "parent": "1", "form_key": str(uuid.uuid4()), **more}


def said_on(page) -> list[str]:
    thread = page.context["thread"]
    return [str(row.body) for row in page.context["page"].rows] if thread else []


# ---------------------------------------------------------------- the first and those after it


def test_the_first_comment_begins_a_discussion_and_the_others_answer_in_it(
    browse, cast, add, themes
):
    resource = add(cast.mia, title="Agreement", themes=[themes["drivers"]])

    first = browse(cast.theo).post(at(resource), written("We used it."))
    second = browse(cast.tia).post(at(resource), written("So did we."))

    address = resource.get_absolute_url()
    assert [first["Location"], second["Location"]] == [f"{address}#post-1", f"{address}#post-2"]
    thread = Thread.objects.get()
    assert (thread.title, thread.about, thread.space.slug, thread.space.audience) == (
        "Agreement", f"resource:{resource.pk}", "library", "cohort",
    )  # fmt: skip
    assert [theme.slug for theme in thread.themes.all()] == ["drivers"]
    assert list(thread.posts.order_by("number").values_list("body_text", "author")) == [
        ("We used it.", cast.theo.pk), ("So did we.", cast.tia.pk),
    ]  # fmt: skip
    # Whoever added it hears of all of it.
    assert list(Follow.objects.values_list("member", "thread", "level")) == [
        (cast.mia.pk, thread.pk, Level.EVERYTHING)
    ]
    assert said_on(browse(cast.obi).get(address)) == ["<p>We used it.</p>", "<p>So did we.</p>"]


def test_the_discussion_says_what_it_is_about_to_whoever_may_see_it(browse, cast, add):
    resource = add(cast.mia, title="The agreement we signed")
    thread = say(resource, cast.theo).thread
    where = reverse("forums:thread_detail", args=[cast.cohort.slug, thread.pk])

    page = browse(cast.tia).get(where)
    link = f'<a href="{resource.get_absolute_url()}">The agreement we signed</a>'
    assert link in page.content.decode()

    # Should the two ever part, the title does not come along.
    Resource.objects.filter(pk=resource.pk).update(audience=Audience.FACILITATORS, title="Secret")
    page = browse(cast.tia).get(where)
    assert (page.status_code, "Secret" in page.content.decode()) == (200, False)
    assert "Secret" in browse(cast.fay).get(where).content.decode()


@pytest.mark.parametrize(
    ("audience", "space"),
    [
        (Audience.COHORT, "library"),
        (Audience.TEAM, "harbor"),
        (Audience.FACILITATORS, "facilitators"),
    ],
)
def test_each_discussion_has_the_readers_of_its_resource(cast, add, audience, space):
    resource = add(cast.fay if audience == Audience.FACILITATORS else cast.mia, audience=audience)
    thread = say(resource, cast.fay).thread
    assert (thread.space.slug, thread.space.audience) == (space, audience)
    assert set(thread.space.readers()) == set(resource.readers())


def test_a_team_called_library_keeps_its_room_to_itself(cast, add):
    cast.team.slug = "library"
    cast.team.save()
    own = add(cast.mia, audience=Audience.TEAM)
    shared = [add(cast.mia), add(cast.mia)]
    assert say(own, cast.mia).thread.space.slug == "library"
    spaces = {say(resource, cast.tia).thread.space for resource in shared}
    assert [(space.slug, space.audience) for space in spaces] == [("library-room", "cohort")]


@pytest.mark.django_db(transaction=True)
def test_twenty_first_comments_at_once_make_one_discussion(cast, add):
    resource = add(cast.mia)
    errors = []

    def comment(number):
        try:
            say(resource, [cast.theo, cast.tia, cast.fay][number % 3], f"No. {number}")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=comment, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    thread = Thread.objects.get()
    assert (thread.last_number, thread.reply_count) == (20, 19)
    assert sorted(thread.posts.values_list("number", flat=True)) == list(range(1, 21))
    assert Space.objects.filter(slug="library").count() == 1


def test_the_same_form_sent_twice_is_one_comment(browse, cast, add):
    resource = add(cast.mia)
    theo = browse(cast.theo)
    for form in (written("First"), written("Second")):
        for _twice in range(2):
            theo.post(at(resource), form)
    assert list(Post.objects.order_by("number").values_list("body_text", flat=True)) == [
        "First", "Second",
    ]  # fmt: skip


def test_a_comment_that_was_refused_comes_back_with_what_was_typed(browse, cast, add):
    resource = add(cast.mia)
    theo = browse(cast.theo)
    for _before_and_after_the_first in range(2):
        page = theo.post(at(resource), written("x" * 20_001))
        assert (page.status_code, "x" * 20_001 in page.content.decode()) == (422, True)
        assert theo.post(at(resource), written("")).status_code == 422
        say(resource, cast.tia)


# ---------------------------------------------------------------- readers change


def test_the_discussion_goes_where_its_resource_goes(browse, cast, add, themes):
    resource = add(cast.mia, audience=Audience.TEAM)
    thread = say(resource, cast.theo).thread

    def change(audience):
        services.edit_resource(
            resource=resource, editor=cast.mia, title="Agreement", kind="agreement",
            themes=[themes["leaders"]], audience=audience,
        )  # fmt: skip
        thread.refresh_from_db()
        return thread.space.slug, Thread.objects.visible_to(cast.tia).filter(pk=thread.pk).exists()

    assert change(Audience.COHORT) == ("library", True)
    assert change(Audience.COHORT) == ("library", True)
    assert change(Audience.TEAM) == ("harbor", False)
    assert change(Audience.FACILITATORS) == ("facilitators", False)


def test_nobody_says_anything_of_what_is_out_of_sight_meanwhile(browse, cast, add):
    resource = add(cast.mia)
    tia = browse(cast.tia)
    say(resource, cast.theo)
    # Facilitators put the discussion where not all of its readers read.
    room = add_space(
        cohort=cast.cohort, name="Ours", description="", audience=Audience.FACILITATORS, by=cast.fay
    )
    move_thread(thread=Thread.objects.get(), space=room, by=cast.fay)

    page = tia.post(at(resource), written("Nobody reads this."))
    assert (page.status_code, "Nobody reads this." in page.content.decode()) == (409, True)
    assert Thread.objects.count() == 1
    assert "It worked." not in tia.get(resource.get_absolute_url()).content.decode()

    removed = services.remove_resource(resource=Resource.objects.get(), actor=cast.mia)
    assert (removed, tia.post(at(resource), written()).status_code) == (None, 404)


def test_a_removed_resource_leaves_its_discussion(browse, cast, add):
    resource = add(cast.mia, title="Gone tomorrow")
    thread = say(resource, cast.theo).thread
    services.remove_resource(resource=resource, actor=cast.mia)
    page = browse(cast.tia).get(thread.get_absolute_url())
    assert (page.status_code, page.context["about"]) == (200, None)


def test_comments_follow_their_discussion_into_another_and_begin_anew_after_it_is_gone(cast, add):
    resource = add(cast.mia)
    thread = say(resource, cast.theo).thread
    other = ThreadFactory(space=thread.space, cohort=cast.cohort, author=cast.tia)
    merge_threads(source=thread, target=other, by=cast.fay)
    assert say(resource, cast.tia, "Here?").thread == other

    for post in other.posts.all():
        remove_post(post=post, by=cast.fay)
    new = say(resource, cast.tia, "Once more").thread
    assert (new != other, new.about) == (True, resource.reference)


# ---------------------------------------------------------------- drafts


def test_a_first_comment_is_drafted_and_goes_on_where_another_was_quicker(browse, cast, add):
    resource = add(cast.mia, title="Agreement")
    theo = browse(cast.theo)
    drafts = reverse("forums:draft_list", args=[cast.cohort.slug])
    place = f"about:resource:{resource.pk}"

    assert theo.post(drafts, {"draft": place, "body": "Half a"}).status_code == 204
    assert theo.get(resource.get_absolute_url()).context["form"].initial["body"] == "Half a"
    row = theo.get(drafts).context["drafts"][0]
    assert (row.about, row.url) == (
        "Comment on “Agreement”", f"{resource.get_absolute_url()}#reply",
    )  # fmt: skip

    thread = say(resource, cast.tia).thread
    assert Draft.objects.get().place == f"thread:{thread.pk}"
    assert theo.get(resource.get_absolute_url()).context["form"].initial["body"] == "Half a"
    theo.post(at(resource), written("Half a thought", draft=f"thread:{thread.pk}"))
    assert Draft.objects.count() == 0


def test_nobody_drafts_a_comment_on_what_they_may_not_see(browse, cast, add):
    resource = add(cast.tia, audience=Audience.TEAM)
    drafts = reverse("forums:draft_list", args=[cast.cohort.slug])
    for place in (f"about:resource:{resource.pk}", "about:resource:987654", "about:x:1"):
        answer = browse(cast.theo).post(drafts, {"draft": place, "body": "x"})
        assert answer.status_code == 404


# ---------------------------------------------------------------- the page


def test_the_page_shows_the_newest_of_many_and_leads_to_the_rest(browse, cast, add):
    resource = add(cast.mia)
    thread = say(resource, cast.theo, "No. 1").thread
    for number in range(2, 71):
        post = publish_reply(thread=thread, author=cast.theo, body=f"<p>No. {number}</p>")
        Post.objects.filter(pk=post.pk).update(created_at=post.created_at - timedelta(hours=1))
    page = browse(cast.tia).get(resource.get_absolute_url())
    words = said_on(page)
    assert (words[-1], len(words)) == ("<p>No. 70</p>", 11)
    assert f"{thread.get_absolute_url()}?before=60" in page.content.decode()


def test_reading_comments_is_reading_them(browse, cast, add):
    resource = add(cast.mia)
    thread = say(resource, cast.theo).thread
    browse(cast.mia).get(resource.get_absolute_url())
    assert Thread.objects.unread_by(cast.mia).filter(pk=thread.pk).exists() is False
    browse(cast.obi).get(resource.get_absolute_url())
    assert thread.readings.filter(member=cast.obi).exists() is False


def test_closed_comments_are_read_and_not_written(browse, cast, add):
    resource = add(cast.mia)
    thread = say(resource, cast.theo).thread
    Thread.objects.filter(pk=thread.pk).update(closed_at=thread.created_at)
    tia = browse(cast.tia)
    page = tia.get(resource.get_absolute_url())
    assert (page.context["can_reply"], said_on(page)) == (False, ["<p>It worked.</p>"])
    assert tia.post(at(resource), written("More")).status_code == 409


# ---------------------------------------------------------------- where it was spoken of


def linking(resource, author, **more):
    url = f"http://testserver{resource.get_absolute_url()}"
    thread = ThreadFactory(author=author, cohort=author.cohort, **more)
    publish_reply(thread=thread, author=author, body=f'<p><a href="{url}">{url}</a></p>')
    return thread


def test_a_page_says_where_it_was_spoken_of_to_whoever_reads_there(browse, cast, add, settings):
    settings.BASE_URL = "http://testserver"
    resource = add(cast.mia)
    rooms = {
        name: Space.objects.create(cohort=cast.cohort, slug=name, name=name, **audience)
        for name, audience in {
            "all": {},
            "ours": {"audience": Audience.TEAM, "team": cast.team},
            "run": {"audience": Audience.FACILITATORS},
        }.items()
    }
    linking(resource, cast.mia, space=rooms["all"], title="For all")
    linking(resource, cast.mia, space=rooms["ours"], title="Harbor's")
    linking(resource, cast.fay, space=rooms["run"], title="Facilitators'")
    hidden = linking(resource, cast.mia, space=rooms["all"], title="Taken back")
    remove_post(post=hidden.posts.get(number=2))
    linking(add(cast.mia), cast.mia, space=rooms["all"], title="Of another")
    say(resource, cast.theo, f'see <a href="{resource.get_absolute_url()}">it</a>')

    def told(member):
        return [
            thing.title
            for thing in browse(member).get(resource.get_absolute_url()).context["places"].threads
        ]

    assert told(cast.tia) == ["For all"]
    assert told(cast.theo) == ["Harbor's", "For all"]
    assert told(cast.fay) == ["Facilitators'", "Harbor's", "For all"]


def test_a_page_with_everything_on_it_asks_twelve_times(
    browse, cast, add, untracked, django_assert_max_num_queries, settings
):
    settings.BASE_URL = "http://testserver"
    tia = browse(cast.tia)
    for count in (1, 3):
        resource = add(cast.mia, tags=["a", "b"][:count])
        other = add(cast.theo)
        for number in range(count):
            say(
                resource,
                cast.theo,
                f'<a href="{other.get_absolute_url()}">{other.get_absolute_url()}</a>',
            )
            linking(resource, cast.mia, title=f"T{number}", space=SpaceFactory(cohort=cast.cohort))
            services.add_version(
                resource=resource, added_by=cast.mia, file=file_of(f"Version {number}")
            )
        tia.get(resource.get_absolute_url())
        with django_assert_max_num_queries(12):
            tia.get(resource.get_absolute_url())


def file_of(words):
    return check_upload(ContentFile(words.encode(), "notes.txt"))
