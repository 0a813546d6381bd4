import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from lxml import etree
from redis.exceptions import ConnectionError as RedisConnectionError

from cohort.limits import wait_before
from cohort.models import Audience, FeedKey
from cohort.services import feed_keys
from forums import services
from forums.models import Post, Thread
from tests.factories import PostFactory, SpaceFactory, ThreadFactory

ATOM = {"a": "http://www.w3.org/2005/Atom"}
TAG_URI = re.compile(r"tag:[\w.-]+,\d{4}:[\w/-]+")


def key_of(member):
    return feed_keys.make_key(member=member, name="Reader", form_key=uuid.uuid4())[1]


def fetch(secret, path="", **headers):
    return Client().get(f"/feeds/{secret}/{path}", headers=headers)


def read(response):
    assert response.status_code == 200
    return etree.fromstring(response.content)


def texts(feed, path):
    return feed.xpath(f"{path}/text()", namespaces=ATOM)


@pytest.fixture
def write(mia, themes):
    def write(space, title, *bodies, author=mia, lesson="drivers"):
        thread = services.start_thread(
            space=space, author=author, title=title, body=bodies[0], themes=[themes[lesson]]
        )
        for body in bodies[1:]:
            services.publish_reply(thread=thread, author=author, body=body)
        return thread

    return write


def test_a_feed_holds_to_rfc_4287(commons, write, mia, theo):
    """§4.1.1, §4.1.2, §3.2, §3.3: what a feed and its entries must have, once."""
    thread = write(commons, "Buses & <trains>", "<p>Who drives?</p>", author=theo)
    services.publish_reply(thread=thread, author=mia, body="<p>I &amp; she do.</p>")
    response = fetch(key_of(mia))

    feed = read(response)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.tag == f"{{{ATOM['a']}}}feed"
    for node in (feed, *feed.xpath("a:entry", namespaces=ATOM)):
        for must in ("id", "title", "updated"):
            assert len(node.xpath(f"a:{must}", namespaces=ATOM)) == 1
        assert TAG_URI.fullmatch(texts(node, "a:id")[0])
        assert parse_datetime(texts(node, "a:updated")[0]).tzinfo
    # Each entry names who wrote it (so that the feed needs no author), and has where it stands.
    assert texts(feed, "a:entry/a:author/a:name") == ["Mia", "Theo"]
    assert len(feed.xpath("a:entry/a:link[@rel='alternate']", namespaces=ATOM)) == 2
    ids = texts(feed, "a:entry/a:id")
    assert len(set(ids)) == len(ids)
    assert all(
        node.get("type") in ("text", "html", None)
        for node in feed.xpath("//a:summary | //a:title", namespaces=ATOM)
    )
    assert texts(feed, "a:entry/a:title") == ["Mia in “Buses & <trains>”", "Buses & <trains>"]
    assert texts(feed, "a:entry/a:summary") == ["I &amp; she do.", "Who drives?"]


def test_links_are_whole_and_land_on_the_post(commons, write, mia):
    thread = write(commons, "Buses", "Who drives?", "I do.")

    links = read(fetch(key_of(mia))).xpath("a:entry/a:link/@href", namespaces=ATOM)

    base = django_settings.BASE_URL
    posts = thread.posts.order_by("-number").select_related("thread__cohort")
    assert links == [
        f"{base}{posts[0].get_absolute_url()}", f"{base}{thread.get_absolute_url()}"
    ]  # fmt: skip


def test_ids_stay_and_updated_follows_an_edit(commons, write, mia):
    thread = write(commons, "Buses", "Who drives?")
    secret = key_of(mia)
    before = read(fetch(secret))
    post = services.edit_post(post=thread.posts.get(), body="Who drives them?")
    Thread.objects.update(title="Coaches")

    after = read(fetch(secret))

    assert texts(after, "a:entry/a:id") == texts(before, "a:entry/a:id")
    (updated,) = texts(after, "a:entry/a:updated")
    assert abs(parse_datetime(updated) - post.edited_at) < timedelta(seconds=1)
    assert texts(after, "a:updated") == [updated]
    assert texts(after, "a:entry/a:published") == texts(before, "a:entry/a:published")


def test_a_feed_tells_only_how_a_post_begins(commons, write, mia):
    write(commons, "Buses", "<p>Begin " + "word " * 400 + "the end.</p>")

    (summary,) = texts(read(fetch(key_of(mia))), "a:entry/a:summary")

    assert summary.startswith("Begin word")
    assert len(summary) < 320
    assert "the end" not in summary


def test_feeds_hold_what_each_may_see(cast, spaces, write):
    team, back = spaces[cast.team.slug], spaces["facilitators"]
    write(spaces["commons"], "open", "a", author=cast.fay)
    write(team, "team", "a", author=cast.fay)
    write(back, "back", "a", author=cast.fay)
    write(SpaceFactory(cohort=cast.olga.cohort), "olgas", "a", author=cast.olga)

    def told(name, path=""):
        response = fetch(key_of(getattr(cast, name)), path)
        return (
            sorted(texts(read(response), "a:entry/a:title")) if response.content[:1] == b"<" else 0
        )

    assert told("fay") == ["back", "open", "team"]
    assert told("mia") == ["open", "team"]
    assert told("tia") == told("obi") == ["open"]
    assert told("olga") == ["olgas"]
    assert told("mia", f"spaces/{team.slug}/") == ["team"]
    assert told("tia", f"spaces/{team.slug}/") == 0
    assert told("fay", "themes/drivers/") == ["back", "open", "team"]
    assert told("fay", "themes/leaders/") == []


def test_a_themes_feed_has_its_lessons(commons, write, themes, mia):
    lesson = themes["drivers"].lessons.first()
    write(commons, "broad", "a")
    write(commons, "narrow", "a", lesson=lesson.slug)
    secret = key_of(mia)

    titles = "a:entry/a:title"
    assert texts(read(fetch(secret, "themes/drivers/")), titles) == ["narrow", "broad"]
    assert texts(read(fetch(secret, f"themes/{lesson.slug}/")), titles) == ["narrow"]


def test_feeds_leave_out_what_is_removed_hidden_or_closed(cast, commons, write):
    thread = write(commons, "Buses", "open", "removed", "hidden", author=cast.fay)
    services.remove_post(post=thread.posts.get(number=2))
    thread.posts.filter(number=3).update(hidden_at=timezone.now())
    asking = write(commons, "Asking", "first you", "an answer", author=cast.theo)
    Thread.objects.filter(pk=asking.pk).update(answers_first=True)
    secret = key_of(cast.mia)

    assert texts(read(fetch(secret)), "a:entry/a:summary") == ["first you", "open"]
    services.publish_reply(thread=asking, author=cast.mia, body="mine")
    assert texts(read(fetch(secret)), "a:entry/a:summary") == [
        "mine", "an answer", "first you", "open",
    ]  # fmt: skip


def test_what_does_not_open_is_the_same_nothing(cast, spaces):
    team = spaces[cast.team.slug]
    secrets = {name: key_of(getattr(cast, name)) for name in ("mia", "theo", "tia", "fay", "obi")}
    feed_keys.revoke_key(key=cast.mia.feed_keys.get(), by=cast.mia)
    cast.theo.left_at = timezone.now()
    cast.theo.save()
    cast.fay.user.is_active = False
    cast.fay.user.save()

    answers = [
        fetch("x" * 43),
        fetch(secrets["mia"]),
        fetch(secrets["theo"]),
        fetch(secrets["fay"]),
        fetch(secrets["tia"], f"spaces/{team.slug}/"),
        fetch(secrets["obi"], "spaces/no-such-space/"),
        fetch(secrets["obi"], "themes/no-such-theme/"),
    ]
    seen = {(answer.status_code, answer.content, str(sorted(answer.items()))) for answer in answers}
    assert len(seen) == 1
    assert answers[0].status_code == 404


def test_access_is_asked_anew_with_each_fetch(cast, spaces, write):
    team = spaces[cast.team.slug]
    write(team, "team", "a")
    secret = key_of(cast.mia)
    path = f"spaces/{team.slug}/"
    answer = fetch(secret, path)
    assert answer.status_code == 200

    cast.mia.team = cast.other_team
    cast.mia.save()
    assert fetch(secret, path, **{"If-None-Match": answer.headers["ETag"]}).status_code == 404
    assert texts(read(fetch(secret)), "a:entry/a:title") == []


def test_an_unchanged_feed_is_not_sent_again(commons, write, mia):
    thread = write(commons, "Buses", "Who drives?")
    secret = key_of(mia)
    first = fetch(secret)

    again = fetch(secret, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    since = fetch(secret, **{"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304

    services.remove_post(post=thread.posts.get())
    gone = fetch(secret, **{"If-None-Match": first.headers["ETag"]})
    assert (gone.status_code, texts(read(gone), "a:entry/a:id")) == (200, [])


def test_an_empty_feed_stays_the_same(commons, mia):
    secret = key_of(mia)

    first, second = fetch(secret), fetch(secret)
    assert first.content == second.content
    assert first.headers["ETag"] == second.headers["ETag"]


@pytest.mark.parametrize("opens", [True, False])
def test_a_feed_is_for_one_alone(commons, write, mia, opens):
    write(commons, "Buses", "Who drives?")
    response = fetch(key_of(mia) if opens else "x" * 43)

    assert response.cookies == {}
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_feed_does_not_hold_its_key(commons, write, mia, caplog):
    write(commons, "Buses", "Who drives?")
    secret = key_of(mia)
    answer = fetch(secret)
    fetch(secret, "spaces/none/")

    assert secret not in answer.text
    assert secret not in str(answer.headers)
    assert secret not in caplog.text


def test_head_and_other_methods(commons, write, mia):
    write(commons, "Buses", "Who drives?")
    secret = key_of(mia)

    head = Client().head(f"/feeds/{secret}/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == fetch(secret).headers["ETag"]
    assert Client().post(f"/feeds/{secret}/").status_code == 405


def test_too_many_fetches_are_asked_to_wait(commons, mia, theo, monkeypatch):
    monkeypatch.setattr(
        "cohort.feed_views.wait_before",
        lambda what, most, seconds: wait_before(what, most=2, seconds=seconds),
    )
    secret = key_of(mia)

    statuses = [fetch(secret).status_code for _ in range(3)]
    late = fetch(secret, "spaces/commons/")

    assert statuses == [200, 200, 429]
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 600
    assert fetch(key_of(theo)).status_code == 200


def test_feeds_work_while_nothing_is_counted(commons, mia, monkeypatch):
    def away(*_args, **_options):
        raise RedisConnectionError

    monkeypatch.setattr("cohort.limits.cache.add", away)

    assert fetch(key_of(mia)).status_code == 200


@pytest.mark.parametrize("path", ["", "spaces/commons/", "themes/drivers/"])
def test_a_fetch_costs_five_queries_at_most(
    commons, write, mia, path, django_assert_max_num_queries
):
    secret = key_of(mia)
    for count in (1, 3):
        while Thread.objects.count() < count:
            write(commons, "Buses", "Who drives?", "I do.")
        FeedKey.objects.update(last_used_at=None)
        with django_assert_max_num_queries(5):
            assert len(texts(read(fetch(secret, path)), "a:entry/a:id")) == 2 * count


def test_what_xml_has_no_character_for_is_left_out(commons, mia):
    thread = ThreadFactory(space=commons, author=mia, title="Bell \x07 and \x0b tab")
    Post.objects.filter(thread=thread).update(body_text="a\x1bb\ufffe <c> ]]> \U0001f600")

    feed = read(fetch(key_of(mia)))
    assert texts(feed, "a:entry/a:title") == ["Bell  and  tab"]
    assert texts(feed, "a:entry/a:summary") == ["ab &lt;c&gt; ]]&gt; \U0001f600"]


def test_a_feed_holds_the_latest(commons, mia):
    thread = ThreadFactory(space=commons)
    for _ in range(35):
        PostFactory(thread=thread)

    assert len(texts(read(fetch(key_of(mia))), "a:entry/a:id")) == 30


def test_a_member_makes_a_key_sees_it_once_and_revokes_it(browse, mia, spaces):
    client = browse(mia)
    page = client.get("/c/spring/feeds/?space=harbor")
    form_key = str(page.context["form"]["form_key"].value())
    asked = {"name": "Phone", "feed": "spaces/harbor/", "form_key": form_key}

    made = client.post("/c/spring/feeds/", asked)

    address = made.context["address"]
    assert address.endswith("/spaces/harbor/")
    assert address in made.text
    assert "no-store" in made.headers["Cache-Control"]
    path = address.removeprefix(django_settings.BASE_URL)
    assert Client().get(path).status_code == 200
    secret = path.split("/")[2]
    again = client.post("/c/spring/feeds/", asked, follow=True)
    assert secret not in again.text
    assert [key.name for key in again.context["keys"]] == ["Phone"]

    (key,) = again.context["keys"]
    client.post(f"/c/spring/feeds/{key.pk}/removal/")
    assert Client().get(path).status_code == 404


def test_the_page_offers_what_one_may_see(browse, cast, spaces):
    def offered(name):
        form = browse(getattr(cast, name)).get("/c/spring/feeds/").context["form"]
        return {value for value, _name in form.fields["feed"].choices if "spaces" in value}

    assert offered("tia") == {"spaces/commons/", "spaces/river/"}
    assert offered("obi") == {"spaces/commons/"}


def test_a_sixth_key_is_refused_in_words(browse, mia, commons):
    for _ in range(FeedKey.MOST - 1):
        key_of(mia)
    client = browse(mia)
    page = client.get("/c/spring/feeds/")
    key_of(mia)

    refused = client.post(
        "/c/spring/feeds/",
        {
            "name": "Sixth",
            "feed": "all",
            "form_key": str(page.context["form"]["form_key"].value()),
        },
    )

    assert refused.status_code == 422
    assert "Revoke one first" in refused.text


def test_a_key_without_a_name_is_asked_for_one(browse, mia, commons):
    refused = browse(mia).post("/c/spring/feeds/", {"name": " ", "feed": "spaces/none/"})

    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"name", "feed"}
    assert mia.feed_keys.count() == 0


def test_another_audience_is_another_feed(cast, spaces):
    """A space of another cohort with the same name is none of mine."""
    SpaceFactory(cohort=cast.olga.cohort, slug="harbor", audience=Audience.COHORT)

    assert fetch(key_of(cast.tia), "spaces/harbor/").status_code == 404
