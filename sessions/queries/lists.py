"""Which sessions a member sees, on lists, home and in the year."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from cohort.models import Membership, Theme, theme_list
from sessions.models import LearningSession, LearningSessionQuerySet, SessionTheme


def sessions_of(member: Membership) -> LearningSessionQuerySet:
    """Every session a member may see, with their answer and what its line in a list shows: its
    `theme_list` (see `cohort.models.theme_list`)."""
    return (
        LearningSession.objects.visible_to(member)
        .with_answer_of(member)
        .select_related("cohort", "team")
        .annotate(theme_list=theme_list(SessionTheme))
    )


def upcoming(member: Membership) -> LearningSessionQuerySet:
    """Not over yet, the next one first, called-off ones among them."""
    return sessions_of(member).ahead(timezone.now())


def past(member: Membership) -> LearningSessionQuerySet:
    return sessions_of(member).past(timezone.now())


def between(member: Membership, begin: datetime, end: datetime) -> LearningSessionQuerySet:
    """Those that begin in this time, in order."""
    sessions = sessions_of(member).filter(starts_at__gte=begin, starts_at__lt=end)
    return sessions.order_by("starts_at", "pk")


def narrowed(
    sessions: LearningSessionQuerySet, kind: str = "", theme: Theme | None = None
) -> LearningSessionQuerySet:
    if kind:
        sessions = sessions.filter(kind=kind)
    return sessions.filter(pk__in=_with_theme(theme).values("pk")) if theme else sessions


def next_session(member: Membership) -> LearningSession | None:
    """What the member's home leads to: on now, or the next that takes place."""
    return sessions_of(member).standing().ahead(timezone.now()).first()


def year(member: Membership, kind: str = "", theme: Theme | None = None) -> list[LearningSession]:
    """The whole year in order, or what of it is of this kind and theme."""
    return list(narrowed(sessions_of(member), kind, theme).order_by("starts_at", "pk"))


def theme_sessions(member: Membership, theme: Theme) -> LearningSessionQuerySet:
    """Sessions of a theme and, for a first-level one, of its lessons; the latest first."""
    return (
        sessions_of(member)
        .filter(pk__in=_with_theme(theme).values("pk"))
        .order_by("-starts_at", "-pk")
    )


def _with_theme(theme: Theme) -> LearningSessionQuerySet:
    return LearningSession.objects.filter(Q(themes=theme) | Q(themes__parent=theme))
