"""What a plan of the year would change, and changing it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cohort.models import Cohort, Theme
from cohort.tables import Verdict
from sessions.models import LearningSession
from sessions.plans import Row, parse
from sessions.services.planning import change_session, plan_session


@dataclass(frozen=True)
class Line:
    """One row of a plan, and what would become of it."""

    row: Row
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    session: LearningSession | None = None


@dataclass(frozen=True)
class Outlook:
    lines: Sequence[Line]

    def having(self, verdict: Verdict) -> list[Line]:
        return [line for line in self.lines if line.verdict is verdict]


def read(cohort: Cohort, content: bytes) -> list[Row]:
    """The rows of a plan. Raises UnreadableTable."""
    return parse(content, default_zone=cohort.time_zone, themes=list(Theme.objects.all()))


def foresee(cohort: Cohort, rows: Sequence[Row]) -> Outlook:
    """What applying these rows would do, row by row. Changes nothing."""
    there = list(
        LearningSession.objects.filter(cohort=cohort)
        .prefetch_related("themes")  # type: ignore[misc]
        .order_by("starts_at", "pk")
    )
    return Outlook(_judge_all(rows, there))


def _judge_all(rows: Sequence[Row], there: Sequence[LearningSession]) -> list[Line]:
    exact: dict[tuple[str, Any], LearningSession] = {
        (s.title.casefold(), s.local_date): s for s in reversed(there)
    }
    # A title that is unique on both sides is the same session, moved to another day.
    once_here = Counter(session.title.casefold() for session in there)
    once_there = Counter(row.title.casefold() for row in rows)
    by_title = {s.title.casefold(): s for s in there if once_here[s.title.casefold()] == 1}
    lines = []
    for row in rows:
        title = row.title.casefold()
        session = exact.get(row.key)
        if session is None and once_there[title] == 1:
            session = by_title.get(title)
        lines.append(_judge(row, session))
    return lines


def _judge(row: Row, session: LearningSession | None) -> Line:
    if row.reasons:
        return Line(row, Verdict.REFUSED, tuple(row.reasons))
    if session is None:
        return Line(row, Verdict.NEW)
    differences = _differences(row, session)
    if not differences:
        return Line(row, Verdict.KNOWN, (_("Is in the year already."),), session)
    return Line(row, Verdict.CHANGED, tuple(differences), session)


def _differences(row: Row, session: LearningSession) -> list[str]:
    pairs = [
        (_("title"), session.title, row.title),
        (_("kind"), session.get_kind_display(), LearningSession.Kind(row.kind).label),
        (_("date"), session.local_date, row.local_date),
        (_("start"), _clock(session.local_time), _clock(row.local_time)),
        (_("minutes"), session.minutes, row.minutes),
        (_("time zone"), session.time_zone, row.time_zone),
        (_("themes"), _names(session.themes.all()), _names(row.themes)),
    ]
    return [
        _("%(label)s: %(old)s becomes %(new)s.")
        % {"label": label, "old": old or "—", "new": new or "—"}
        for label, old, new in pairs
        if old != new
    ]


def _clock(moment: object) -> str:
    return f"{moment:%H:%M}" if moment else ""


def _names(themes: "Sequence[Theme]") -> str:
    return ", ".join(sorted(theme.name for theme in themes))


@transaction.atomic
def apply(cohort: Cohort, content: bytes) -> Outlook:
    """Plan what is new and change what differs, all or nothing.

    Judged once more under the cohort's row lock, so that the same file twice at once plans each
    session once. What the file does not say (description, meeting link, answers) stays.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    outlook = foresee(cohort, read(cohort, content))
    for line in outlook.having(Verdict.NEW):
        plan_session(cohort=cohort, themes=line.row.themes, tell=False, **_fields(line.row))
    for line in outlook.having(Verdict.CHANGED):
        if line.session:
            change_session(
                session=line.session, themes=line.row.themes, local_fold=0, **_fields(line.row)
            )
    return outlook


def _fields(row: Row) -> dict[str, Any]:
    return {
        "title": row.title,
        "kind": row.kind,
        "local_date": row.local_date,
        "local_time": row.local_time,
        "time_zone": row.time_zone,
        "minutes": row.minutes,
    }
