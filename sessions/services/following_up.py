"""What was said in a room, taken further: a discussion, with a way back to where it was said."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _

from cohort import audit
from cohort.models import Membership, Theme
from cohort.templatetags.cohort import when_text
from forums import services as forums
from forums.models import Space, Thread
from sessions import notices
from sessions.models import ChatMessage, FollowUp, LearningSession, Question
from sessions.queries.follow_ups import line_url, question_url


class SayingGone(Exception):
    """It was removed from the room."""


@dataclass(frozen=True)
class Saying:
    """A line or a question of a room, as a discussion begins with it."""

    session: LearningSession
    key: str  # "line 3"
    text: str
    at: datetime
    url: str
    # Whoever said it; None where nobody may learn it.
    speaker: Membership | None
    is_nameless: bool = False

    @classmethod
    def of_line(cls, line: ChatMessage) -> "Saying":
        session = LearningSession.objects.select_related("cohort").get(pk=line.room_id)
        url = line_url(session.cohort.slug, session.pk, line.seq)
        return cls(session, f"line {line.seq}", line.body, line.created_at, url, line.sender)

    @classmethod
    def of_question(cls, question: Question) -> "Saying":
        session = LearningSession.objects.select_related("cohort").get(pk=question.room_id)
        return cls(
            session,
            f"question {question.pk}",
            question.text,
            question.created_at,
            question_url(session, question.pk),
            None if question.is_nameless else question.asker,
            question.is_nameless,
        )


@transaction.atomic
def discuss_line(*, line: ChatMessage, by: Membership, **about: object) -> Thread:
    """Make a discussion of a line, once: asked again, the first one comes back.

    `about` is `space`, `title`, `themes` and perhaps `kind`. Whoever said it begins the discussion
    and hears of it; where they may not write in that space, the facilitator does and names them.
    When and where it was said stands below the words. Raises SayingGone.
    """
    line = ChatMessage.objects.select_for_update(of=("self",)).get(pk=line.pk)
    there = FollowUp.objects.filter(line=line).select_related("thread__cohort").first()
    if there and there.thread:
        return there.thread
    if line.removed_at:
        raise SayingGone
    thread = _begin(Saying.of_line(line), by, **about)  # type: ignore[arg-type]
    FollowUp.objects.create(session_id=line.room_id, line=line, thread=thread, by=by)
    return thread


@transaction.atomic
def discuss_question(*, question: Question, by: Membership, **about: object) -> Thread:
    """The same for a question. Of one without a name nobody learns who asked; whoever asked it or
    voted for it follows the discussion. One that was let go can be taken up still.
    """
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    there = FollowUp.objects.filter(question=question).select_related("thread__cohort").first()
    if there and there.thread:
        return there.thread
    if question.state == Question.State.HIDDEN:
        raise SayingGone
    thread = _begin(Saying.of_question(question), by, **about)  # type: ignore[arg-type]
    FollowUp.objects.update_or_create(
        question=question, defaults={"session_id": question.room_id, "thread": thread, "by": by}
    )
    wanting = {
        vote.member for vote in question.voted.select_related("member__user", "member__cohort")
    }
    if question.asker:
        wanting.add(question.asker)
    forums.follow_all(members=wanting, thread=thread)
    return thread


def let_go(*, question: Question, by: Membership) -> None:
    """Say that nothing more comes of a question; it stays with the session's record."""
    FollowUp.objects.get_or_create(
        question=question, defaults={"session_id": question.room_id, "by": by}
    )


def _begin(
    saying: Saying,
    by: Membership,
    *,
    space: Space,
    title: str,
    themes: Iterable[Theme],
    kind: str = Thread.Kind.DISCUSSION,
) -> Thread:
    session = saying.session
    speaker = author_for(saying.speaker, space)
    thread = forums.start_thread(
        space=space,
        author=speaker or by,
        title=title,
        body=_body(saying, space, is_theirs=speaker is not None),
        themes=themes,
        kind=kind,
        form_key=uuid.uuid5(session.public_id, saying.key),
    )
    session.threads.add(thread)
    audit.record(
        "room.saying_discussed", subject=title, actor=by, cohort=by.cohort, thread=thread.pk,
        session=session.pk, saying=saying.key,
    )  # fmt: skip
    if speaker and speaker != by:
        notices.words_became_discussion(thread, speaker)
    return thread


def author_for(speaker: Membership | None, space: Space) -> Membership | None:
    """Whoever said it, if they may write in that space now."""
    if speaker is None or not speaker.is_active or not speaker.may_write:
        return None
    return speaker if space.is_visible_to(speaker) else None


def _body(saying: Saying, space: Space, *, is_theirs: bool) -> str:
    words = forums.html_of(saying.text, space, is_html=False)
    if not is_theirs:
        words = f"<blockquote>{words}</blockquote>"
    return words + _source(saying, is_theirs=is_theirs)


def _source(saying: Saying, *, is_theirs: bool) -> str:
    if is_theirs:
        words = _("Said in the live room of %(session)s: %(when)s.")
    elif saying.is_nameless:
        words = _("Asked without a name in the live room of %(session)s: %(when)s.")
    else:
        words = _("%(name)s said this in the live room of %(session)s: %(when)s.")
    session = saying.session
    name = saying.speaker.user.name if saying.speaker else _("Somebody who left")
    # The words are ours; what they are filled with is escaped.
    parts = {
        "name": escape(name),
        "session": format_html('<a href="{}">{}</a>', saying.url, session.title),
        "when": escape(when_text(saying.at, "full", ZoneInfo(session.time_zone))),
    }
    return f"<p>{words % parts}</p>"
