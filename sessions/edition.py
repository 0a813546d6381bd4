"""What sessions bring to a reader's edition: what is next, and what came of those that were."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Audience, Membership
from cohort.richtext import excerpt
from cohort.templatetags.cohort import when_text
from notifications.sections import (
    Button,
    Link,
    Place,
    Reader,
    SectionItem,
    SectionPart,
    register_section,
)
from resources.models import Resource
from sessions import answering
from sessions.models import RSVP, LearningSession
from sessions.permissions import can_answer

LOOKS_AHEAD = timedelta(days=14)
SUMMARY = 420
MOST_MATERIALS = 6
WORDS = {
    RSVP.Answer.YES: gettext_lazy("Yes, I come"),
    RSVP.Answer.MAYBE: gettext_lazy("Maybe"),
    RSVP.Answer.NO: gettext_lazy("No"),
}


@dataclass(frozen=True)
class Batch:
    """What a batch of readers may hear of, and what each has answered."""

    sessions: Sequence[LearningSession]
    answers: dict[tuple[int, int], RSVP]  # by session and member


def section(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """Three queries, and two more where a session was told of, however many readers."""
    if not readers:
        return {}
    sessions = _sessions(readers)
    rsvps = RSVP.objects.filter(
        session__in=sessions, member__in=[reader.member.pk for reader in readers]
    )
    batch = Batch(sessions, {(rsvp.session_id, rsvp.member_id): rsvp for rsvp in rsvps})
    return {reader.member.pk: parts for reader in readers if (parts := list(_parts(reader, batch)))}


def _sessions(readers: Sequence[Reader]) -> list[LearningSession]:
    since = min(reader.since for reader in readers)
    until = max(reader.until for reader in readers)
    cohorts = {reader.member.cohort_id for reader in readers}
    standing = LearningSession.objects.standing().filter(cohort_id__in=cohorts)
    ahead = standing.filter(starts_at__gt=since, starts_at__lte=until + LOOKS_AHEAD)
    told = standing.filter(summarized_at__gte=since, summarized_at__lt=until)
    return list(
        (ahead | told)
        .select_related("cohort")
        .prefetch_related("resources__cohort")
        .order_by("starts_at", "pk")
    )


def _parts(reader: Reader, batch: Batch) -> Iterator[SectionPart]:
    mine = [session for session in batch.sessions if session.is_visible_to(reader.member)]
    records = [session for session in mine if _is_new_record(session, reader)][::-1]
    shared = [session for session in records if session.audience == Audience.COHORT]
    closed = [session for session in records if session.audience != Audience.COHORT]
    for place, those in ((Place.LAST_SESSION, shared), (Place.TEAM, closed)):
        if those:
            yield _records(reader, place, those)
    if ahead := [s for s in mine if reader.until < s.starts_at <= reader.until + LOOKS_AHEAD]:
        yield _next(reader, ahead, batch)


def _is_new_record(session: LearningSession, reader: Reader) -> bool:
    told = session.summarized_at
    return told is not None and reader.since <= told < reader.until


def _records(reader: Reader, place: Place, sessions: Sequence[LearningSession]) -> SectionPart:
    return SectionPart(
        place=place,
        items=[_record(session, reader) for session in sessions],
        more_url=_list_url(reader.member),
        highlights=[session.title for session in sessions],
        title=_("In closed spaces") if place is Place.TEAM and not reader.member.team_id else "",
    )


def _record(session: LearningSession, reader: Reader) -> SectionItem:
    """Its summary, the way to the recording, and what was shared of which this reader may see."""
    url = session.get_absolute_url()
    materials: list[Resource] = [
        resource for resource in session.resources.all() if resource.is_visible_to(reader.member)
    ]
    links = [Link(_("Watch the recording"), f"{url}#summary")] if session.recording_url else []
    links += [Link(one.title, one.get_absolute_url()) for one in materials[:MOST_MATERIALS]]
    return SectionItem(
        title=session.title,
        url=url,
        detail=_held(session, reader),
        excerpt=excerpt(session.summary_text, SUMMARY),
        links=tuple(links),
    )


def _held(session: LearningSession, reader: Reader) -> str:
    day = when_text(session.starts_at, "day", _zone(reader))
    what = _("Summary and recording") if session.recording_url else _("Summary")
    return f"{day} · {what}" if session.summary_text else f"{day} · {_('Recording')}"


def _next(reader: Reader, ahead: Sequence[LearningSession], batch: Batch) -> SectionPart:
    member = reader.member
    return SectionPart(
        place=Place.NEXT_SESSION,
        items=[_ahead(s, reader, batch.answers.get((s.pk, member.pk))) for s in ahead],
        more_url=_list_url(member),
        highlights=[session.title for session in ahead],
        # What comes was announced before; what is new of it is that it was planned.
        is_news=any(reader.since <= session.created_at < reader.until for session in ahead),
    )


def _ahead(session: LearningSession, reader: Reader, rsvp: RSVP | None) -> SectionItem:
    start = when_text(session.starts_at, "full", _zone(reader))
    return SectionItem(
        title=session.title,
        url=session.get_absolute_url(),
        detail=f"{start} · {_answer(reader, rsvp)}",
        excerpt=excerpt(session.description_text),
        buttons=_buttons(session, reader, rsvp),
    )


def _buttons(session: LearningSession, reader: Reader, rsvp: RSVP | None) -> tuple[Button, ...]:
    if not can_answer(reader.member, session):
        return ()
    given = rsvp.answer if rsvp else None
    urls = _answer_urls(session, reader)
    return tuple(
        Button(str(WORDS[answer]), url, is_chosen=answer == given)
        for answer, url in zip(RSVP.Answer, urls, strict=True)
    )


def _answer_urls(session: LearningSession, reader: Reader) -> list[str]:
    """Where the buttons lead: to a page that asks once more, without signing in.

    Whoever looks at another's edition must not answer for them.
    """
    if reader.is_preview:
        return [f"{session.get_absolute_url()}#answer" for _answer in RSVP.Answer]
    return [url for _words, url in answering.links(reader.member, session)]


def _answer(reader: Reader, rsvp: RSVP | None) -> str:
    if reader.member.is_observer:
        return _("open to you")
    if rsvp is None:
        return _("you have not answered yet")
    if rsvp.waitlisted_at:
        return _("you are on the waiting list")
    return {
        RSVP.Answer.YES: _("you said yes"),
        RSVP.Answer.MAYBE: _("you said maybe"),
        RSVP.Answer.NO: _("you said no"),
    }[RSVP.Answer(rsvp.answer)]


def _zone(reader: Reader) -> ZoneInfo:
    return ZoneInfo(reader.member.user.time_zone)


def _list_url(member: Membership) -> str:
    return reverse("sessions:session_list", args=[member.cohort.slug])


def register() -> None:
    register_section(section)
