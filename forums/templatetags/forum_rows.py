"""Threads of a list as markup. Put together here rather than in a template, like posts."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from forums.queries.rows import ThreadRow

register = template.Library()


@register.simple_tag
def thread_rows(threads: Iterable[ThreadRow], mark_read: str = "") -> SafeString:
    """Rows as `forums.queries.rows` makes them.

    `mark_read` is what a button says that calls a thread read; its page has a form `reading`.
    """
    rows = "\n".join(_row(thread, escape(mark_read)) for thread in threads)
    return SafeString(f'<ul class="rows">\n{rows}\n</ul>')


def _row(thread: ThreadRow, mark_read: str) -> str:
    button = (
        f'<button class="link-button row__act" form="reading" formaction="{thread.url}reading/">'
        f'{mark_read}<span class="visually-hidden"> {escape(thread.title)}</span></button>'
        if mark_read
        else ""
    )
    return (
        f'<li class="{thread.classes}">{thread.picture}<div class="row__body">'
        f'<h3 class="row__title">{thread.link}</h3><p class="meta">{thread.marks}</p>'
        f'<p class="meta">{thread.facts}</p></div>'
        f'<p class="row__side">{thread.side}{button}</p></li>'
    )
