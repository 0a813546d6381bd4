"""What sessions bring to a reader's edition: what is next, and what came of those that were."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from cohort.models import Theme
from cohort.richtext import excerpt
from cohort.templatetags.cohort import when_text
from notifications import registry
from notifications.registry import Reader, SectionItem, SectionPart
from sessions.models import RSVP, LearningSession

LOOKS_AHEAD = timedelta(days=14)


def section(readers: Sequence[Reader]) -> dict[int, SectionPart]:
    """Three queries, however many readers."""
    if not readers:
        return {}
    sessions = _sessions(readers)
    answers = {
        (rsvp.session_id, rsvp.member_id): rsvp
        for rsvp in RSVP.objects.filter(
            session__in=sessions, member__in=[reader.member.pk for reader in readers]
        )
    }
    parts = {reader.member.pk: _part(reader, sessions, answers) for reader in readers}
    return {pk: part for pk, part in parts.items() if part}


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
        .prefetch_related("themes")  # type: ignore[misc]
        .order_by("starts_at", "pk")
    )


def _part(
    reader: Reader,
    sessions: Sequence[LearningSession],
    answers: dict[tuple[int, int], RSVP],
) -> SectionPart | None:
    mine = [session for session in sessions if session.is_visible_to(reader.member)]
    records = [s for s in mine if _is_new_record(s, reader)]
    ahead = [s for s in mine if reader.until < s.starts_at <= reader.until + LOOKS_AHEAD]
    if not records and not ahead:
        return None
    return SectionPart(
        title=_("Sessions"),
        items=[
            *(_ahead(s, reader, answers.get((s.pk, reader.member.pk))) for s in ahead),
            *(_record(s) for s in records),
        ],
        more_url=reverse("sessions:session_list", args=[reader.member.cohort.slug]),
        highlights=[session.title for session in (*records, *ahead)],
        # What comes was announced before; what came of a session is new.
        is_news=bool(records) or any(s.created_at >= reader.since for s in ahead),
    )


def _is_new_record(session: LearningSession, reader: Reader) -> bool:
    told = session.summarized_at
    return told is not None and reader.since <= told < reader.until


def _ahead(session: LearningSession, reader: Reader, rsvp: RSVP | None) -> SectionItem:
    start = when_text(session.starts_at, "full", ZoneInfo(reader.member.user.time_zone))
    return _item(session, f"{start} · {_answer(reader, rsvp)}", excerpt(session.description_text))


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


def _record(session: LearningSession) -> SectionItem:
    return _item(
        session,
        _("Summary and recording") if session.recording_url else _("Summary"),
        excerpt(session.summary_text),
    )


def _item(session: LearningSession, detail: str, words: str) -> SectionItem:
    theme: Theme | None = next(iter(session.themes.all()), None)
    return SectionItem(
        title=session.title,
        url=session.get_absolute_url(),
        detail=detail,
        excerpt=words,
        label=theme.name if theme else str(session.get_kind_display()),
        color=theme.color if theme else "",
    )


def register() -> None:
    registry.register_section(section, position=10)
