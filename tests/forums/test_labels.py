"""A thread's title, kind, themes and tags, changed after it was begun."""

import pytest
from django.urls import reverse

from cohort.models import AuditEntry, Theme
from forums import services
from forums.models import Thread
from forums.services.threads import set_tags
from tests.factories import PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(cast):
    space = SpaceFactory(cohort=cast.cohort)
    thread = ThreadFactory(space=space, author=cast.mia, kind=Thread.Kind.QUESTION, title="Buses")
    set_tags(thread, ["rural", "routes"])
    reply = PostFactory(thread=thread, author=cast.fay)
    services.mark_answer(thread=thread, post=reply)
    return thread


@pytest.fixture
def address(question):
    return reverse("forums:thread_edit", args=[question.cohort.slug, question.pk])


def test_its_author_gives_it_other_labels(client, cast, question, address):
    client.force_login(cast.mia.user)
    lesson = Theme.objects.filter(parent__isnull=False).first()
    sent = {"title": "Buses at night", "kind": "win", "themes": [lesson.pk], "tags": "Rural, night"}

    answer = client.post(address, sent)

    assert answer.status_code == 302
    question.refresh_from_db()
    assert (question.title, question.kind, question.answer) == ("Buses at night", "win", None)
    assert set(question.themes.all()) == {lesson, lesson.parent}
    assert sorted(question.tags.values_list("name", flat=True)) == ["night", "rural"]


def test_only_a_facilitators_change_leaves_a_line(client, cast, question, address):
    sent = {"title": "Buses by day", "kind": "question", "themes": [Theme.objects.first().pk]}
    for member, lines in ((cast.mia, 0), (cast.fay, 1)):
        client.force_login(member.user)
        assert client.post(address, sent).status_code == 302
        assert AuditEntry.objects.filter(action="thread.relabelled").count() == lines


def test_what_cannot_be_comes_back_as_typed(client, cast, question, address):
    client.force_login(cast.mia.user)

    answer = client.post(address, {"title": "Kept", "kind": "announcement", "tags": "one"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Kept"' in page
    assert 'value="one"' in page
    question.refresh_from_db()
    assert question.title == "Buses"


def test_its_form_begins_with_what_is(client, cast, address):
    client.force_login(cast.fay.user)
    page = client.get(address).content.decode()
    assert 'value="Buses"' in page
    assert 'value="routes, rural"' in page
    assert '<option value="question" selected>' in page
