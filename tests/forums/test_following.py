import pytest

from forums import services
from forums.models import Follow, Level, Reading, Thread
from forums.queries.following import level_of, levels_of, with_level
from forums.services import following
from tests.factories import PostFactory

LIST = "/c/spring/discussions/"


def test_a_threads_level_goes_before_its_spaces_and_that_before_the_default(thread, mia):
    def levels():
        (loaded,) = with_level(Thread.objects.filter(pk=thread.pk), mia)
        of_page = levels_of(mia).of_thread(thread.pk, thread.space_id)
        return {level_of(mia, thread), level_of(mia, loaded), Level(of_page)}

    assert levels() == {Level.CONCERNS}
    following.follow(member=mia, subject=thread.space, level=Level.QUIET)
    assert levels() == {Level.QUIET}
    following.follow(member=mia, subject=thread, level=Level.EVERYTHING)
    assert levels() == {Level.EVERYTHING}
    following.follow(member=mia, subject=thread, level=Level.CONCERNS)
    assert levels() == {Level.CONCERNS}
    following.unfollow(member=mia, subject=thread)
    assert levels() == {Level.QUIET}


def test_a_thread_with_its_level_costs_no_query_more(thread, mia, django_assert_num_queries):
    with django_assert_num_queries(1):
        (loaded,) = with_level(Thread.objects.filter(pk=thread.pk), mia)
        level_of(mia, loaded)


def test_choosing_a_level_says_so_and_comes_back(browse, thread, mia):
    client = browse(mia)
    there = f"{LIST}{thread.pk}/"
    answer = client.post(f"{there}following/", {"level": "quiet"}, follow=True)
    assert answer.redirect_chain == [(there, 302)]
    assert "is quiet for you now" in answer.content.decode()
    assert Follow.objects.get().level == Level.QUIET

    answer = client.post(f"{there}following/", {"level": "everything", "next": f"{LIST}?show=mine"})
    assert answer.url == f"{LIST}?show=mine"
    assert Follow.objects.get().level == Level.EVERYTHING


@pytest.mark.parametrize("there", ["https://evil.example.org/", "//evil.example.org", "x"])
def test_coming_back_never_leads_elsewhere(browse, thread, mia, there):
    data = {"level": "quiet", "next": there}
    answer = browse(mia).post(f"{LIST}{thread.pk}/following/", data)
    assert answer.url == f"{LIST}{thread.pk}/"


def test_a_level_that_is_none_is_refused_in_words(browse, thread, mia):
    answer = browse(mia).post(f"{LIST}{thread.pk}/following/", {"level": "loud"}, follow=True)
    assert "Please choose one of the three." in answer.content.decode()
    assert not Follow.objects.exists()


def test_following_a_theme_twice_is_once_and_ends_with_one_click(browse, mia, themes):
    client = browse(mia)
    for _twice in range(2):
        client.post(f"{LIST}themes/drivers/following/")
    assert [(f.theme.slug, f.level) for f in Follow.objects.all()] == [("drivers", "everything")]
    page = client.get("/c/spring/themes/drivers/").content.decode()
    assert "following/removal/" in page
    client.post(f"{LIST}themes/drivers/following/removal/")
    assert not Follow.objects.exists()


def test_the_page_of_all_one_follows(browse, cast, spaces, themes):
    thread = services.start_thread(
        space=spaces["commons"], author=cast.fay, title="Vans", body="x",
        themes=[themes["drivers"]], tags=["buses"],
    )  # fmt: skip
    hush = services.start_thread(
        space=spaces["facilitators"], author=cast.fay, title="Hush", body="x",
        themes=[themes["drivers"]],
    )  # fmt: skip
    for subject in (thread, hush, themes["drivers"], cast.cohort.tags.get()):
        following.follow(member=cast.mia, subject=subject)
    followed = browse(cast.mia).get(f"{LIST}following/").context["followed"]
    assert [space.slug for space, _level in followed.spaces] == ["commons", "harbor"]
    assert [(t.title, level) for t, level in followed.threads] == [("Vans", "everything")]
    assert [theme.slug for theme in followed.themes] == ["drivers"]
    assert [tag.name for tag in followed.tags] == ["buses"]
    choices = browse(cast.mia).get("/me/mail/").content.decode()
    assert "Vans" not in choices
    assert f"{LIST}following/" in choices


# ---------------------------------------------------------------- read and unread


def read(member):
    rows = Reading.objects.filter(member=member).order_by("thread")
    return list(rows.values_list("thread__title", "number"))


@pytest.fixture
def rooms(spaces, cast, themes):
    """A thread of two posts in the commons, one in mia's team's room, one she may not see."""
    for slug in ("commons", cast.team.slug, "facilitators"):
        thread = services.start_thread(
            space=spaces[slug], author=cast.fay, title=slug, body="x", themes=[themes["drivers"]]
        )
        PostFactory(thread=thread, author=cast.fay)
    return spaces


def test_all_read_is_all_that_one_sees(browse, rooms, cast):
    answer = browse(cast.mia).post(f"{LIST}reading/", {}, follow=True)
    assert "2 discussions are read now." in answer.content.decode()
    assert read(cast.mia) == [("commons", 2), (cast.team.slug, 2)]
    assert following.mark_all_read(member=cast.mia) == 0


def test_all_read_in_one_space_leaves_the_others_and_is_never_backwards(rooms, cast):
    commons = Thread.objects.get(title="commons")
    services.note_reading(member=cast.mia, thread=commons, number=1)
    assert following.mark_all_read(member=cast.mia, space=rooms["commons"]) == 1
    assert read(cast.mia) == [("commons", 2)]
    Reading.objects.update(number=7)
    assert following.mark_all_read(member=cast.mia, space=rooms["commons"]) == 0
    assert read(cast.mia) == [("commons", 7)]


def test_all_read_costs_the_same_for_any_number(rooms, cast, django_assert_num_queries):
    for n in range(3):
        PostFactory(thread__space=rooms["commons"], thread__title=f"{n}")
    with django_assert_num_queries(5):  # two of them begin and end the transaction
        following.mark_all_read(member=cast.mia)


def test_one_thread_is_read_and_unread_again(browse, rooms, cast):
    client, thread = browse(cast.mia), Thread.objects.get(title="commons")
    client.post(f"{LIST}{thread.pk}/reading/")
    assert read(cast.mia) == [("commons", 2)]
    answer = client.post(f"{LIST}{thread.pk}/reading/removal/", follow=True)
    assert "is unread again" in answer.content.decode()
    assert read(cast.mia) == [("commons", 1)]
    assert "commons" in client.get(f"{LIST}?show=unread").content.decode()
