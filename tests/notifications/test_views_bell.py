import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forums import ringing, services
from forums.models import Post
from notifications import bell, bell_page
from notifications.models import Entry


@pytest.fixture
def write(cast, themes):
    """Theo answers in a new thread of somebody's, and it rings."""
    services.open_spaces(cast.cohort)
    commons = cast.cohort.spaces.get(slug="commons")

    def writing(asker, title, by=cast.theo):
        thread = services.start_thread(
            space=commons, author=asker, title=title, body="<p>x</p>", themes=[]
        )
        post = services.publish_reply(thread=thread, author=by, body="<p>y</p>")
        ringing.ring(timezone.now())
        return post

    return writing


@pytest.fixture
def url(cohort):
    return reverse("notifications:bell_list", args=[cohort.slug])


def titles(response):
    return re.findall(r'<p class="meta"><span>([^<]*)</span>', response.content.decode())


def numbers(response):
    """The count wherever the page says it: at the bell, in its name, above the list."""
    html = response.content.decode()
    shown = re.search(r'class="bell__count"[^>]*>(\d+\+?)<', html)[1]
    named = re.search(r'aria-label="Bell, ([^"]*)"', html)[1]
    listed = re.search(r"<strong>(\d+)</strong> unread", html)
    return shown, named, listed[1] if listed else "-"


def test_lines_stand_under_their_days_the_latest_first(browse, write, mia, url):
    write(mia, "Buses")
    write(mia, "Trains")
    Entry.objects.filter(pk=bell.entries_of(mia).last().pk).update(
        at=timezone.now() - timedelta(days=3)
    )
    response = browse(mia).get(url)
    assert titles(response) == ["Trains", "Buses"]
    assert len(re.findall(r'class="bell-day"', response.content.decode())) == 2
    assert numbers(response) == ("2", "2 new", "2")


def test_an_empty_bell_says_what_will_be_here(browse, mia, url):
    html = browse(mia).get(url).content.decode()
    assert "Quiet so far" in html
    assert 'aria-label="Bell, nothing new"' in html


def test_filters_by_topic_and_by_what_is_unread(browse, write, mia, fay, url):
    post = write(mia, "Buses")
    write(mia, "Trains")
    bell.seen(mia, f"thread:{post.thread_id}")
    own = services.publish_reply(thread=post.thread, author=mia, body="<p>z</p>")
    services.hide_post(post=own, by=fay)
    client = browse(mia)
    assert titles(client.get(url, {"topic": "discussions-replies"})) == ["Trains", "Buses"]
    assert titles(client.get(url, {"topic": "other"})) == ["From the facilitators"]
    assert titles(client.get(url, {"topic": "discussions-replies", "unread": "1"})) == ["Trains"]
    assert titles(client.get(url, {"topic": "announcements"})) == []
    assert len(titles(client.get(url, {"topic": "<x>"}))) == 3


def test_one_line_is_called_read_and_new_again(browse, write, mia, url):
    write(mia, "Buses")
    entry = bell.entries_of(mia).get()
    client = browse(mia)
    reading = reverse("notifications:entry_reading", args=[mia.cohort.slug, entry.pk])
    response = client.post(reading, {"back": "unread=1&evil=//x"}, follow=True)
    assert response.redirect_chain == [(f"{url}?unread=1", 302)]
    assert bell.unread_count(mia) == 0
    client.post(f"{reading}removal/")
    assert bell.unread_count(mia) == 1


def test_all_are_called_read_and_that_is_taken_back(browse, write, mia, tia, url):
    write(mia, "Buses")
    write(mia, "Trains")
    write(tia, "Ships")
    client = browse(mia)
    html = client.get(url).content.decode()
    until = re.search(r'name="until" value="([^"]+)"', html)[1]
    write(mia, "Came later")
    reading = reverse("notifications:bell_reading", args=[mia.cohort.slug])
    response = client.post(reading, {"until": until}, follow=True)
    assert numbers(response) == ("1", "1 new", "1")
    assert bell.unread_count(tia) == 1
    moment = re.search(r'name="moment" value="([^"]+)"', response.content.decode())[1]
    response = client.post(f"{reading}removal/", {"moment": moment}, follow=True)
    assert numbers(response) == ("3", "3 new", "3")


def test_taking_back_never_doubles_a_line(browse, write, mia, theo):
    post = write(mia, "Buses")
    moment = bell.mark_read(mia, bell.entries_of(mia))
    services.publish_reply(thread=post.thread, author=theo, body="<p>z</p>")
    ringing.ring(timezone.now())
    assert bell.unread_count(mia) == 1
    assert bell.mark_unread(mia, bell.entries_of(mia).filter(read_at=moment)) == 0
    assert bell.unread_count(mia) == 1


@pytest.mark.parametrize("words", ["", "x", "2026-13-45", "2026-01-01T00:00", "\x00"])
def test_odd_moments_change_nothing(browse, write, mia, url, words):
    write(mia, "Buses")
    bell.mark_read(mia, bell.entries_of(mia))
    client = browse(mia)
    removal = reverse("notifications:bell_reading_removal", args=[mia.cohort.slug])
    assert client.post(removal, {"moment": words}).status_code == 302
    assert client.get(url, {"undo": words}).status_code == 200
    assert bell.unread_count(mia) == 0


def test_lines_that_say_nothing_are_not_counted(browse, write, mia, url):
    post = write(mia, "Buses")
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    assert bell.unread_count(mia) == 1
    response = browse(mia).get(url)
    assert titles(response) == []
    assert numbers(response) == ("0", "nothing new", "-")


def test_the_bell_pages(browse, write, mia, url, monkeypatch):
    monkeypatch.setattr(bell_page, "PER_PAGE", 2)
    for title in ("One", "Two", "Three"):
        write(mia, title)
    client = browse(mia)
    assert titles(client.get(url)) == ["Three", "Two"]
    assert titles(client.get(url, {"page": "2"})) == ["One"]
    assert titles(client.get(url, {"page": "x"})) == ["Three", "Two"]


def test_queries_are_the_same_for_one_and_three(browse, write, mia, url):
    client = browse(mia)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    write(mia, "One")
    client.get(url)
    one = cost()
    write(mia, "Two")
    write(mia, "Three")
    assert cost() == one
    assert one <= 14
