"""What the bell, and a device, says of discussions: to whoever may see them then."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forums.models import Post
from forums.notices import ANNOUNCEMENT, group_of
from forums.queries.hearing import Sight, Why
from notifications.models import Entry
from notifications.registry import Line

TITLES = {
    Why.MENTIONED: gettext_lazy("%(who)s mentioned you"),
    Why.TEAM_MENTIONED: gettext_lazy("%(who)s mentioned your team"),
    Why.ANSWERED: gettext_lazy("%(who)s answered you"),
    Why.ASKED: gettext_lazy("%(who)s replied to your question"),
    None: gettext_lazy("%(who)s replied"),
}
ICONS = {Why.MENTIONED: "at-sign", Why.TEAM_MENTIONED: "at-sign", None: "messages-square"}
URGENCY = [*TITLES]


def describe_posts(entries: Sequence[Entry]) -> dict[int, Line]:
    """One line for what came in a thread: who, what it is to the reader, and where."""
    pks = {pk for entry in entries for pk in entry.items}
    posts = posts_of(pks)
    sight = Sight(pks, (entry.member for entry in entries))
    lines = {}
    for entry in entries:
        shown = [
            post
            for pk in entry.items
            if (post := posts.get(pk))
            and entry.group == group_of(post.thread_id)
            and sight.shows(pk, entry.member)
        ]
        if shown:
            lines[entry.pk] = _line(entry, shown, sight)
    return lines


def posts_of(pks: Iterable[int]) -> dict[int, Post]:
    """Standing posts, without their words, with who wrote them and where."""
    posts = Post.objects.standing().filter(thread__deleted_at=None)
    posts = posts.select_related("thread__cohort", "thread__space", "author__user")
    return posts.defer("body", "body_text", "attached_names").in_bulk(pks)


def _line(entry: Entry, posts: Sequence[Post], sight: Sight) -> Line:
    whys = {post.pk: sight.concern(post.pk, entry.member) for post in posts}
    why = min(whys.values(), key=URGENCY.index)
    foremost = [post for post in posts if whys[post.pk] == why]
    thread = posts[0].thread
    title = TITLES[why]
    if foremost[0].number == 1 and why is None:
        title = gettext_lazy("%(who)s started a discussion")
    if entry.kind == ANNOUNCEMENT:
        title = gettext_lazy("An announcement from %(who)s")
    return Line(
        title=str(title) % {"who": who_wrote(foremost)},
        url=min(posts, key=lambda post: post.number).get_absolute_url(),
        detail=_detail(" ".join(thread.title.split()), len(posts) - len(foremost)),
        icon="megaphone" if entry.kind == ANNOUNCEMENT else ICONS.get(why, "reply"),
        person=foremost[-1].author,
    )


def _detail(title: str, others: int) -> str:
    if not others:
        return title
    more = ngettext("%(n)d more post", "%(n)d more posts", others) % {"n": others}
    return f"{title} · {more}"


def who_wrote(posts: Iterable[Post]) -> str:
    """ "Ana Ruiz", "Ana Ruiz and Bo Li", "Ana Ruiz and 2 others": the latest first."""
    names = {post.author_id or post.author_name: post.writer_name for post in reversed([*posts])}
    first, *others = names.values()
    if len(others) > 1:
        count = len(others)
        words = ngettext("%(name)s and %(n)d other", "%(name)s and %(n)d others", count)
        return words % {"name": first, "n": count}
    return _("%(name)s and %(other)s") % {"name": first, "other": others[0]} if others else first


def describe_helped(entries: Sequence[Entry]) -> dict[int, Line]:
    """ "Your reply helped", while it is marked so."""
    posts = posts_of({pk for entry in entries for pk in entry.items})
    lines = {}
    for entry in entries:
        post = next((posts[pk] for pk in entry.items if _is_answer(posts.get(pk))), None)
        if post and post.thread.space.is_visible_to(entry.member):
            lines[entry.pk] = Line(
                title=_("Your reply helped"),
                url=post.get_absolute_url(),
                detail=" ".join(post.thread.title.split()),
                icon="circle-check",
            )
    return lines


def _is_answer(post: Post | None) -> bool:
    return post is not None and post.thread.answer_id == post.pk
