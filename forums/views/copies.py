"""A thread to print, and to keep as a file."""

from collections.abc import Iterable, Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cohort.access import MemberRequest, member_required
from cohort.markdown import plain, to_markdown
from cohort.templatetags.cohort import when_text
from forums.models import Thread
from forums.queries.copies import Copied, closed_words, copied_posts
from forums.views.threads import find_thread

# A browser lays out no more of them in reasonable time; the files hold all.
MOST_PRINTED = 500


@member_required
@require_safe
def thread_print(request: MemberRequest, thread_pk: int) -> HttpResponse:
    thread = find_thread(request, thread_pk)
    context = {
        "thread": thread,
        "posts": copied_posts(thread, request.membership, MOST_PRINTED),
        "most": MOST_PRINTED,
        "is_cut": thread.last_number > MOST_PRINTED,
        "closed_words": closed_words(thread, request.membership),
        "address": request.build_absolute_uri(thread.get_absolute_url()),
        "made_at": timezone.now(),
    }
    return render(request, "forums/thread_print.html", context)


@member_required
@require_safe
def thread_export_html(request: MemberRequest, thread_pk: int) -> StreamingHttpResponse:
    thread = find_thread(request, thread_pk)
    return _file(request, thread, "html", _html(request, thread))


@member_required
@require_safe
def thread_export_markdown(request: MemberRequest, thread_pk: int) -> StreamingHttpResponse:
    thread = find_thread(request, thread_pk)
    return _file(request, thread, "md", _markdown(request, thread))


def _file(
    request: MemberRequest, thread: Thread, ending: str, parts: Iterable[str]
) -> StreamingHttpResponse:
    kind = {"html": "text/html", "md": "text/markdown"}[ending]
    name = f"{slugify(thread.title)[:60] or 'discussion'}.{ending}"
    zone = timezone.get_current_timezone()
    response = StreamingHttpResponse(
        _in_zone(parts, zone) if request.method == "GET" else (),
        content_type=f"{kind}; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _in_zone(parts: Iterable[str], zone: object) -> Iterator[str]:
    """The file is written after the request's own time zone was put away."""
    iterator = iter(parts)
    while True:
        with timezone.override(zone):  # type: ignore[arg-type]
            part = next(iterator, None)
        if part is None:
            return
        yield part


def _html(request: MemberRequest, thread: Thread) -> Iterator[str]:
    context = {
        "thread": thread,
        "closed_words": closed_words(thread, request.membership),
        "address": request.build_absolute_uri(thread.get_absolute_url()),
        "made_at": timezone.now(),
    }
    head, tail = render_to_string("forums/thread_export.html", context).split("<!-- posts -->")
    yield head
    for post in copied_posts(thread, request.membership):
        yield render_to_string("forums/_post_copied.html", {"post": post})
    yield tail


def _markdown(request: MemberRequest, thread: Thread) -> Iterator[str]:
    address = request.build_absolute_uri(thread.get_absolute_url())
    yield f"# {plain(thread.title)}\n\n<{address}>\n"
    if words := closed_words(thread, request.membership):
        yield f"\n*{words}*\n"
    for post in copied_posts(thread, request.membership):
        yield _post_in_markdown(post)


def _post_in_markdown(post: Copied) -> str:
    if post.gone:
        return f"\n---\n\n*{post.gone}*\n"
    return render_to_string(
        "forums/_post_copied.md",
        {
            "post": post,
            "author": plain(post.author),
            "role": plain(post.role),
            "to": plain(post.to),
            "when": when_text(post.written_at),
            "body": to_markdown(post.body),
            "files": [plain(name) for name in post.files],
        },
    )
