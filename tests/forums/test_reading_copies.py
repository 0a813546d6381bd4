"""A thread to print and to keep: whole, in order, and only what one may read."""

import pytest
from django.conf import settings
from django.utils import timezone

from forums import services
from forums.models import Attachment, Post
from tests.factories import PostFactory


def copy(client, thread, form):
    response = client.get(f"{thread.get_absolute_url()}{form}")
    assert response.status_code == 200
    return b"".join(response).decode()


FORMS = ("print/", "export.html", "export.md")


@pytest.fixture
def talk(thread, theo, tia, mia):
    post = services.publish_reply(
        thread=thread,
        author=theo,
        body='<p>See <a href="/c/spring/library/">the *library*</a>.</p>',
    )
    services.publish_reply(thread=thread, author=tia, body="<p>Thanks.</p>", parent=post)
    gone = services.publish_reply(thread=thread, author=tia, body="<p>Gone words.</p>")
    services.remove_post(post=gone, by=tia)
    veiled = services.publish_reply(thread=thread, author=tia, body="<p>Veiled words.</p>")
    Post.objects.filter(pk=veiled.pk).update(hidden_at=timezone.now())
    keep_file(post, "bus_plan.pdf", in_text=True)
    return thread


def keep_file(post, name, *, in_text):
    kept = Attachment.objects.create(
        cohort=post.thread.cohort, post=post, name=name, content_type="application/pdf",
        size=3, sha256="0" * 64, file="x",
    )  # fmt: skip
    if in_text:
        post.body += services.attachment_html(kept)
        post.save()


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_holds_what_its_reader_may_read(browse, talk, mia, fay, form):
    words = copy(browse(mia), talk, form)
    assert words.index("Who drives?") < words.index("library") < words.index("Thanks.")
    assert f"{settings.BASE_URL}/c/spring/library/" in words
    assert "bus" in words
    assert "plan.pdf" in words
    assert "removed by its author" in words
    assert "Gone words." not in words
    assert "Veiled words." not in words
    assert "Veiled words." in copy(browse(fay), talk, form)


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_does_not_name_what_an_edit_took_out(browse, thread, theo, mia, fay, form):
    post = services.publish_reply(thread=thread, author=theo, body="<p>See.</p>")
    keep_file(post, "salaries.pdf", in_text=False)
    assert "salaries" not in copy(browse(mia), thread, form)
    assert "salaries" in copy(browse(theo), thread, form)
    assert "salaries" in copy(browse(fay), thread, form)


def test_nothing_that_is_written_runs_or_passes_for_another_post_in_markdown(
    browse, thread, theo, mia
):
    body = (
        "<p>&lt;script&gt;a()&lt;/script&gt; [x](javascript:b())</p><h2>Tia</h2>"
        "<pre>```\n&lt;script&gt;c()</pre><p><code>d<br><br>&lt;script&gt;e()</code></p>"
        '<p><a href="https://example.org/)&lt;script&gt;f()">there</a></p>'
        '<p><img src="/c/spring/attachments/0a1b2c3d-0000-4000-8000-0123456789ab/" '
        'alt="g](h) &lt;script&gt;i() ["></p>'
    )
    services.publish_reply(thread=thread, author=theo, body=body)
    words = copy(browse(mia), thread, "export.md")
    assert r"\<script\>a()" in words
    assert r"\[x\](javascript:b())" in words
    assert "#### Tia\n" in words
    assert "````\n```\n<script>c()\n````" in words
    assert "`d <script>e()`" in words
    assert "[there](https://example.org/%29%3Cscript%3Ef%28%29)" in words
    assert r"![g\](h) \<script\>i() \[](http" in words


def test_markdown_keeps_signs_as_signs(browse, talk, mia):
    words = copy(browse(mia), talk, "export.md")
    assert words.startswith("# Buses\n\n<http://testserver/c/spring/discussions/")
    assert rf"[the \*library\*]({settings.BASE_URL}/c/spring/library/)" in words
    assert r"Files: bus\_plan.pdf" in words
    assert "### Tia (" in words


def test_copies_come_whole_in_portions(browse, thread, theo, mia, monkeypatch):
    monkeypatch.setattr("forums.queries.copies.AT_ONCE", 3)
    monkeypatch.setattr("forums.views.copies.MOST_PRINTED", 5)
    opening = thread.posts.get(number=1)
    for n in range(2, 9):
        PostFactory(thread=thread, author=theo, parent=opening, body_text=f"Number {n}.")

    words = copy(browse(mia), thread, "export.html")
    assert [words.count(f"Number {n}.") for n in range(2, 9)] == [1] * 7
    printed = copy(browse(mia), thread, "print/")
    assert [f"Number {n}." in printed for n in (2, 5, 6)] == [True, True, False]
    assert "the first 5 posts" in printed
