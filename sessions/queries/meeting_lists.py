"""A meeting's list as it would be applied, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from cohort.models import Membership, Role
from sessions.meeting_lists import Certainty, Match, Participant, match
from sessions.meeting_lists.matching import Person
from sessions.models import Attendance, LearningSession, MeetingList


@dataclass(frozen=True)
class Row:
    """One row of a list: who it is taken to be, and what would become of it."""

    number: int
    participant: Participant
    certainty: Certainty
    member: Membership | None
    mark: str
    # What was set by hand, and stays unless one asks for more.
    stays: Attendance | None = None

    @property
    def needs_a_look(self) -> bool:
        return self.certainty in (Certainty.GUESS, Certainty.SEVERAL, Certainty.NOBODY)


def candidates(session: LearningSession) -> list[Membership]:
    """Who may have been in the meeting: everybody who was in the cohort then, but observers."""
    here = Q(left_at=None) | Q(left_at__gt=session.starts_at)
    return list(
        Membership.objects.filter(here, cohort_id=session.cohort_id)
        .exclude(role=Role.OBSERVER)
        .select_related("user", "team", "organization")
        .order_by("user__name", "pk")
    )


def review(kept: MeetingList) -> list[Row]:
    """Each row of the list as it would be applied; what was chosen for it before any guess."""
    members = {member.pk: member for member in candidates(kept.session)}
    people = [Person(m.pk, m.user.name, m.user.email) for m in members.values()]
    participants = [Participant(row["name"], row["address"], row["minutes"]) for row in kept.rows]
    marked = {
        row.member_id: row
        for row in Attendance.objects.filter(session=kept.session).select_related("set_by__user")
        if row.is_set_by_hand
    }
    rows = []
    for number, (participant, guess) in enumerate(
        zip(participants, match(participants, people), strict=True)
    ):
        chosen = _chosen(kept, number, guess, members)
        rows.append(
            Row(
                number,
                participant,
                chosen.certainty,
                members.get(chosen.pk),
                mark_for(participant.minutes, kept.session),
                marked.get(chosen.pk),
            )
        )
    return rows


def _chosen(
    kept: MeetingList, number: int, guess: Match, members: Mapping[int, Membership]
) -> Match:
    choice = kept.choices.get(str(number))
    if choice is None or (choice and choice not in members):
        return guess
    return Match(Certainty.NAME, choice)


def mark_for(minutes: int | None, session: LearningSession) -> str:
    """Half of the session is having attended; a list that does not say how long is believed."""
    if minutes is None or minutes * 2 >= session.minutes:
        return Attendance.Mark.ATTENDED
    return Attendance.Mark.PARTLY
