"""What the edition says of discussions.

In the bulletin stands what was begun in spaces of the whole cohort: wins, questions nobody has
answered, and the others by theme. In the reader's own part: where they were named or answered,
what was written where they take part or follow, and what is new in their team's space. Each thread
stands in one place, with what of it they have not read; what was mailed to them already is not
repeated.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohort.models import Membership
from cohort.richtext import excerpt
from forums.edition_news import NewPost, News, NewsThread, load_news
from forums.models import Level, Thread
from forums.queries.following import Levels
from forums.queries.hearing import Why
from notifications.sections import (
    MOST,
    MOST_ITEMS,
    Place,
    Reader,
    SectionItem,
    SectionPart,
    register_section,
)

EXCERPT = 200
# Of what stands by theme so many are handed on: each theme gets its share of them.
MOST_BY_THEME = 60
HIGHLIGHTS = 3

LEADS = {
    Why.MENTIONED: gettext_lazy("%(name)s named you"),
    Why.TEAM_MENTIONED: gettext_lazy("%(name)s named your team"),
    Why.ANSWERED: gettext_lazy("%(name)s answered you"),
    Why.ASKED: gettext_lazy("%(name)s replied to your question"),
}


class Found(NamedTuple):
    """A thread with something new for one reader, where it belongs, and how much it matters."""

    place: Place
    rank: tuple[bool, float]  # whether it is about what they follow; when
    of: NewsThread
    unread: list[NewPost]
    concern: tuple[NewPost, Why] | None
    is_open: bool  # whether they may read its replies


def discussions_section(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """The parts of each reader who has unread news that they may see and did not write."""
    if not readers:
        return {}
    news = load_news(readers)
    items = _Items()
    return {
        reader.member.pk: parts
        for reader in readers
        if (parts := _parts(reader, list(_found(reader, news)), items))
    }


def _found(reader: Reader, news: News) -> Iterator[Found]:
    member = reader.member
    levels = news.levels[member.pk]
    for of in news.threads.get(member.cohort_id, ()):
        thread = of.thread
        level = levels.of_thread(thread.pk, thread.space_id)
        if level == Level.QUIET or not (of.is_shared or thread.space.is_visible_to(member)):
            continue
        read = news.read.get((member.pk, thread.pk), 0)
        unread = [
            post
            for post in of.posts
            if post.number > read
            and reader.since <= post.created_at < reader.until
            and post.author_pk != member.pk
            and (member.pk, post.pk) not in news.mailed
        ]
        if unread and (found := _place(of, unread, member, level, levels, news)):
            yield found


def _place(
    of: NewsThread,
    unread: list[NewPost],
    member: Membership,
    level: str,
    levels: Levels,
    news: News,
) -> Found | None:
    thread, key = of.thread, (member.pk, of.thread.pk)
    is_open = thread.is_opened_to(member, has_answered=key in news.answered)
    open_posts = [post for post in unread if is_open or post.number == 1]
    concern = _concern(thread, open_posts, member, news)
    follows = level == Level.EVERYTHING
    begun = unread[0].number == 1
    if concern:
        place = Place.CONCERNS
    elif not of.is_shared:
        place = Place.TEAM
    elif begun:
        place = _bulletin_place(thread)
        follows = follows or _has_followed_subject(of, levels)
    elif follows or key in news.taking_part:
        place = Place.FOLLOWED
    else:
        return None
    latest = unread[0] if begun else unread[-1]
    return Found(place, (follows, latest.created_at.timestamp()), of, unread, concern, is_open)


def _bulletin_place(thread: Thread) -> Place:
    if thread.kind == Thread.Kind.WIN:
        return Place.WINS
    waits = thread.is_question and thread.is_open and not thread.reply_count
    return Place.QUESTIONS if waits else Place.THEMES


def _concern(
    thread: Thread, unread: Sequence[NewPost], member: Membership, news: News
) -> tuple[NewPost, Why] | None:
    """The most personal of the unread posts, if any concerns the reader."""
    found = ((post, why) for post in unread if (why := _why(thread, post, member, news)))
    return min(found, key=lambda pair: list(Why).index(pair[1]), default=None)


def _why(thread: Thread, post: NewPost, member: Membership, news: News) -> Why | None:
    if member.pk in news.named.get(post.pk, ()):
        return Why.MENTIONED
    if member.team_id and member.team_id in news.named_teams.get(post.pk, ()):
        return Why.TEAM_MENTIONED
    if post.answers_pk == member.pk:
        return Why.ANSWERED
    return Why.ASKED if thread.is_question and thread.author_id == member.pk else None


def _has_followed_subject(of: NewsThread, levels: Levels) -> bool:
    themes, tags = of.subjects
    return bool(levels.themes & themes or levels.tags & tags)


def _parts(reader: Reader, found: Sequence[Found], items: "_Items") -> list[SectionPart]:
    places: dict[Place, list[Found]] = defaultdict(list)
    for one in found:
        places[one.place].append(one)
    return [_part(reader.member, place, those, items) for place, those in places.items()]


def _part(member: Membership, place: Place, found: list[Found], items: "_Items") -> SectionPart:
    found.sort(key=lambda one: one.rank, reverse=True)
    most = MOST_BY_THEME if place is Place.THEMES else MOST.get(place, MOST_ITEMS)
    shown = [items.of(one) for one in found[:most]]
    return SectionPart(
        place=place,
        items=shown,
        left_out=len(found) - len(shown),
        more_url=_list_url(member.cohort.slug),
        highlights=[item.title for item in shown[:HIGHLIGHTS]],
        title=_("In closed spaces") if place is Place.TEAM and not member.team_id else "",
    )


@cache
def _list_url(slug: str) -> str:
    return reverse("forums:thread_list", args=[slug])


class _Items:
    """The items of a batch: what several readers have not read alike is described once."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], SectionItem] = {}

    def of(self, found: Found) -> SectionItem:
        concern = (found.concern[0].pk, found.concern[1]) if found.concern else None
        posts = tuple(post.pk for post in found.unread)
        key = (found.of.thread.pk, found.place, concern, found.is_open, posts)
        if key not in self._made:
            self._made[key] = _item(found)
        return self._made[key]


def _item(found: Found) -> SectionItem:
    of, unread = found.of, found.unread
    begun = unread[0].number == 1
    post = found.concern[0] if found.concern else unread[0] if begun else unread[-1]
    is_shown = found.is_open or post.number == 1
    return SectionItem(
        title=of.thread.title,
        url=f"{of.url}?post={post.number}#post-{post.number}"
        if post.number > 1 and is_shown
        else of.url,
        detail=_detail(found),
        excerpt=excerpt(post.beginning, EXCERPT)
        if is_shown
        else _("Write your answer to read theirs."),
        group=of.group if found.place is Place.THEMES else None,
    )


def _detail(found: Found) -> str:
    if found.concern:
        post, why = found.concern
        return str(LEADS[why]) % {"name": _name(post)}
    if found.unread[0].number == 1:
        words = _begun(found.of.thread, found.unread)
    else:
        words = _replied(found.unread)
    if found.place is Place.TEAM:
        words = f"{words} · {found.of.thread.space.name}"
    return words


def _begun(thread: Thread, unread: list[NewPost]) -> str:
    words = [_name(unread[0]), str(thread.get_kind_display())]
    if replies := len(unread) - 1:
        words.append(ngettext("%(n)d reply", "%(n)d replies", replies) % {"n": replies})
    return " · ".join(words)


def _replied(unread: list[NewPost]) -> str:
    names = list(dict.fromkeys(_name(post) for post in unread))
    who = ", ".join(names[:3])
    if len(names) > 3:
        who = _("%(names)s and others") % {"names": who}
    count = len(unread)
    return ngettext("%(n)d new reply from %(who)s", "%(n)d new replies from %(who)s", count) % {
        "n": count,
        "who": who,
    }


def _name(post: NewPost) -> str:
    return post.author_name or _("Somebody who left")


def register() -> None:
    register_section(discussions_section)
