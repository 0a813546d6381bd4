"""The posts of a page. Put together here rather than in a template: that costs a tenth of it."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from forums.models import Reaction
from forums.queries import PostRow

register = template.Library()


@register.simple_tag(takes_context=True)
def posts(context: template.Context, rows: Iterable[PostRow]) -> SafeString:
    """Rows as the page of a thread shows them.

    Needs `thread_url`, `can_reply` and `can_react` in the context, and in the page an empty form
    with the id `act` where one may react.
    """
    markup = _Markup(context)
    return SafeString("\n".join(map(markup.post, rows)))


class _Markup:
    """What the posts of one page share: the words, and where their links lead."""

    def __init__(self, context: template.Context) -> None:
        self.context = context
        self.url = escape(context["thread_url"])
        self.kinds = {kind.value: escape(kind.label) for kind in Reaction.Kind}
        self.may_react = bool(context.get("can_react"))
        self.more = escape(_("More"))
        self.new_line = f'<p class="new-line" id="new">{escape(_("New since you were here"))}</p>'
        self.answer = f'<p class="post__mark">{escape(_("The reply that helped"))}</p>'
        self.saved = f'<span class="post__saved">{escape(_("Saved"))}</span>'
        self.hidden = escape(_("Hidden by a facilitator: only its author and facilitators see it."))
        self.note = escape(_("The facilitators say to you:"))
        self.speaks = format_html(
            '<span class="badge badge--accent">{}</span>', _("On behalf of the facilitators")
        )
        self.to = escape(_("to"))
        self.edited = escape(_("edited"))
        self.reply = escape(_("Reply")) if context.get("can_reply") else ""

    def post(self, row: PostRow) -> str:
        new_line = self.new_line if row.is_first_new else ""
        start = (
            f'{row.nesting}{new_line}<article class="post{_states(row)}" id="post-{row.number}">'
        )
        if row.gone:
            return f'{start}<p class="post__gone">{escape(row.gone)}</p></article>'
        author = row.author
        speaks = self.speaks if row.speaks_as_facilitator else ""
        return (
            f'{start}{author.picture}<header class="post__head">{author.head}{speaks}'
            f'{self._to(row)}<span class="post__time">{row.time}</span></header>'
            f'<div class="prose">{self._marks(row)}{row.body}</div>'
            f"{self._poll(row) if row.poll else ''}"
            f'<footer class="post__foot">{self._foot(row)}</footer></article>'
        )

    def _to(self, row: PostRow) -> str:
        if not row.to:
            return ""
        phone = " post__to--phone" if row.to_is_for_phones else ""
        place = f"#post-{row.to_number}"
        url = place if row.to_is_here else f"{self.url}?post={row.to_number}{place}"
        return f'<a class="post__to{phone}" href="{url}">{self.to} {escape(row.to)}</a>'

    def _marks(self, row: PostRow) -> str:
        answer = self.answer if row.is_answer else ""
        if not (row.is_hidden or row.note):
            return answer
        hidden = f'<p class="post__hidden">{self.hidden}</p>' if row.is_hidden else ""
        note = f'<p class="post__hidden">{self.note} {escape(row.note)}</p>' if row.note else ""
        return f"{answer}{hidden}{note}"

    def _poll(self, row: PostRow) -> str:
        poll = self.context.template.engine.get_template("forums/_poll.html")  # type: ignore[union-attr]
        with self.context.push(poll=row.poll):
            return poll.render(self.context)

    def _foot(self, row: PostRow) -> str:
        # Without scripts the post's own page has the link that answers it.
        reply = f'<a class="post__act only-js" href="#reply">{self.reply}</a>' if self.reply else ""
        more = f'<a class="post__act" href="{self.url}posts/{row.number}/">{self.more}</a>'
        extras = ""
        if row.reactions:
            extras = "".join(self._reaction(row, *found) for found in _in_order(row))
        if row.is_saved:
            extras += self.saved
        if row.is_edited:
            extras += self._edited(row)
        return f"{reply}{more}{extras}"

    def _reaction(self, row: PostRow, kind: str, count: int, is_mine: bool) -> str:
        words = f"{self.kinds[kind]} <b>{count}</b>"
        if not self.may_react:
            return f'<span class="reaction reaction--{kind}">{words}</span>'
        return (
            f'<button class="reaction reaction--{kind}" form="act" name="kind" value="{kind}" '
            f'formaction="{self.url}posts/{row.number}/reactions/" '
            f'aria-pressed="{"true" if is_mine else "false"}">{words}</button>'
        )

    def _edited(self, row: PostRow) -> str:
        if not row.may_see_history:
            return f'<span class="post__edited">{self.edited}</span>'
        url = f"{self.url}posts/{row.number}/history/"
        return f'<a class="post__act post__edited" href="{url}">{self.edited}</a>'


def _states(row: PostRow) -> str:
    """What a post is, for its looks and for the script that offers what may be done with it."""
    states: list[tuple[Any, str]] = [
        (row.is_new, " post--new"),
        (row.is_answer, " post--answer"),
        (row.is_hidden, " post--hidden"),
        (row.is_own, " post--own"),
        (row.is_saved, " post--saved"),
        (row.speaks_as_facilitator, " post--official"),
    ]
    return "".join(name for holds, name in states if holds)


def _in_order(row: PostRow) -> list[tuple[str, int, bool]]:
    """The reactions to a post, always in the same order."""
    found = {each.kind: each for each in row.reactions}
    return [
        (kind, found[kind].count, found[kind].is_mine)
        for kind in Reaction.Kind.values
        if kind in found
    ]
