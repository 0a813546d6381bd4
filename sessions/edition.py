"""What sessions bring to a reader's edition: what is next, and what came of those that were."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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
from sessions import answering, queries
from sessions.models import RSVP, LearningSession
from sessions.permissions import can_answer
from sessions.queries import Turnout

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
    turnouts: dict[int, Turnout]  # of those that are told of


def section(readers: Sequence[Reader]) -> dict[int, list[SectionPart]]:
    """Two queries, one more for materials and two for who was there, however many readers."""
    if not readers:
        return {}
    sessions = _sessions(readers)
    rsvps = RSVP.objects.filter(
        session__in=sessions, member__in=[reader.member.pk for reader in readers]
    )
    answers = {(rsvp.session_id, rsvp.member_id): rsvp for rsvp in rsvps}
    told = [one for one in sessions if any(_is_new_record(one, reader) for reader in readers)]
    batch = Batch(sessions, answers, queries.turnouts(told))
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
            yield _records(reader, place, those, batch)
    if ahead := [s for s in mine if reader.until < s.starts_at <= reader.until + LOOKS_AHEAD]:
        yield _next(reader, ahead, batch)


def _is_new_record(session: LearningSession, reader: Reader) -> bool:
    told = session.summarized_at
    return told is not None and reader.since <= told < reader.until


def _records(
    reader: Reader, place: Place, sessions: Sequence[LearningSession], batch: Batch
) -> SectionPart:
    return SectionPart(
        place=place,
        items=[_record(session, reader, batch.turnouts[session.pk]) for session in sessions],
        more_url=_list_url(reader.member),
        highlights=[session.title for session in sessions],
        title=_("In closed spaces") if place is Place.TEAM and not reader.member.team_id else "",
    )


def _record(session: LearningSession, reader: Reader, turnout: Turnout) -> SectionItem:
    """Its summary, the way to the recording, and what was shared of which this reader may see.

    How many organizations were there is on the session's page for everybody who sees it.
    """
    url = session.get_absolute_url()
    materials: list[Resource] = [
        resource for resource in session.resources.all() if resource.is_visible_to(reader.member)
    ]
    links = [Link(_("Watch the recording"), f"{url}#summary")] if session.recording_url else []
    links += [Link(one.title, one.get_absolute_url()) for one in materials[:MOST_MATERIALS]]
    return SectionItem(
        title=session.title,
        url=url,
        detail=" · ".join(_held(session, reader, turnout)),
        excerpt=excerpt(session.summary_text, SUMMARY),
        links=tuple(links),
    )


def _held(session: LearningSession, reader: Reader, turnout: Turnout) -> Iterator[str]:
    yield when_text(session.starts_at, "day", _zone(reader))
    if not session.summary_text:
        yield _("Recording")
    else:
        yield _("Summary and recording") if session.recording_url else _("Summary")
    share = turnout.organizations_there
    if turnout.is_known and share.asked:
        yield ngettext(
            "%(there)d of %(n)d organization was there",
            "%(there)d of %(n)d organizations were there",
            share.asked,
        ) % {"there": share.there, "n": share.asked}


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
