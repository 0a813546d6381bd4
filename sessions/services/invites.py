"""Keeping members' calendars as the session is: who is told what, and with which number.

What a calendar should hold follows from the session, the reader and their answer (`wanted_state`).
Whatever changes one of these calls `bring_up_to_date`, in its own transaction; the beat does the
same for who came, left or changed teams meanwhile. Mails are written when they go out
(`sessions.calendar_mail`), for the state of that moment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cohort.models import Audience, Membership, Role
from notifications import wishes
from sessions import notices, queries
from sessions.models import RSVP, CalendarInvite, LearningSession

# Sessions further ahead come into calendars when they are published one by one; those of a whole
# year, brought in at once, when they are so near, so that nobody gets twenty mails in a minute.
INVITE_AHEAD = timedelta(days=35)
SESSIONS_AT_ONCE = 20

REQUEST, CANCEL, DECLINED = "request", "cancel", "declined"


def wanted_state(
    session: LearningSession,
    invite: CalendarInvite,
    *,
    is_invited: bool,
    answer: str | None,
    wants_mail: bool,
) -> str:
    """What a member's calendar should be told last; it is up to date when that is `planned`."""
    if not session.is_cancelled and is_invited and answer != RSVP.Answer.NO:
        wants = (wants_mail or invite.is_held or answer is not None) and not session.is_draft
        return f"{REQUEST}:{session.ics_sequence}" if wants else invite.planned
    if invite.was_taken_out or not invite.is_held:
        return invite.planned
    if answer == RSVP.Answer.NO and is_invited and invite.planned == DECLINED:
        # Their calendar knows; only what is called off for everybody is said there too.
        return invite.planned if not session.is_cancelled else f"{CANCEL}:{session.ics_sequence}"
    return f"{CANCEL}:{session.ics_sequence}"


@transaction.atomic
def bring_up_to_date(session: LearningSession, members: Collection[Membership] = ()) -> int:
    """Put what calendars must be told into the outbox: of these members, or of all. Locks the
    session's row. Says for how many.
    """
    session = LearningSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.is_over:
        return 0
    pks = [member.pk for member in members]
    readers = queries.invited(session).select_related("cohort")
    invites = CalendarInvite.objects.filter(session=session).select_related("member")
    if pks:
        readers, invites = readers.filter(pk__in=pks), invites.filter(member__in=pks)
    held = {invite.member_id: invite for invite in invites}
    # Nobody is written to before they agreed to the norms; new norms take nothing back.
    invited = {m.pk: m for m in readers if m.has_agreed or m.pk in held}
    answers = dict(session.rsvps.values_list("member_id", "answer"))
    unwilling = _unwilling([*invited, *held])
    changed = []
    for pk in sorted(invited.keys() | held.keys()):
        invite = held.get(pk) or CalendarInvite(session=session, member=invited[pk])
        state = wanted_state(
            session,
            invite,
            is_invited=pk in invited,
            answer=answers.get(pk),
            wants_mail=pk not in unwilling,
        )
        if state != invite.planned or invite.pk is None:
            changed.append(_planned(session, invite, state))
    return _keep_and_tell(session, changed)


def _unwilling(member_pks: Iterable[int]) -> set[int]:
    unwanted = wishes.unwanted(member_pks, [notices.INVITATIONS_TOPIC])
    return {pk for pk, topics in unwanted.items() if topics}


def _planned(session: LearningSession, invite: CalendarInvite, state: str) -> CalendarInvite:
    """The invite with its next state and the number its mail will have."""
    if state != invite.planned:
        again = invite.sequence + 1 if invite.planned else 0
        invite.sequence = max(again, session.ics_sequence)
        invite.planned = state
    return invite


def _keep_and_tell(session: LearningSession, changed: Collection[CalendarInvite]) -> int:
    CalendarInvite.objects.bulk_create([one for one in changed if one.pk is None])
    CalendarInvite.objects.bulk_update(changed, ["sequence", "planned"])
    mails: dict[tuple[str, int], list[Membership]] = defaultdict(list)
    for invite in changed:
        method, _colon, _number = invite.planned.partition(":")
        if method in (REQUEST, CANCEL):
            mails[method, invite.sequence].append(invite.member)
    return sum(
        notices.tell_calendars(session, people, method=method, sequence=sequence)
        for (method, sequence), people in mails.items()
    )


def plan(now: datetime) -> int:
    """Look for who is not in step: newcomers, whoever lost a session, what came near."""
    count = 0
    for session in _out_of_step(now)[:SESSIONS_AT_ONCE]:
        count += bring_up_to_date(session)
    return count


def _out_of_step(now: datetime) -> QuerySet[LearningSession]:
    """Sessions with somebody who should hear of them and has no invite, or has one and must not.

    As `queries.invited`, asked of all sessions at once.
    """
    has_invite = CalendarInvite.objects.filter(
        session=OuterRef(OuterRef("pk")), member=OuterRef("pk")
    )
    uninvited = (
        Membership.objects.active()
        .agreed()
        .filter(cohort_id=OuterRef("cohort_id"))
        .exclude(role=Role.OBSERVER)
        .filter(~Exists(has_invite))
    )
    hosts = Q(role=Role.FACILITATOR)
    someone = (
        (Q(audience=Audience.COHORT) & Exists(uninvited))
        | (Q(audience=Audience.FACILITATORS) & Exists(uninvited.filter(hosts)))
        | (
            Q(audience=Audience.TEAM)
            & Exists(uninvited.filter(hosts | Q(team_id=OuterRef("team_id"))))
        )
    )
    may_still = Q(member__role=Role.FACILITATOR) | Q(session__audience=Audience.COHORT)
    may_still |= Q(session__audience=Audience.TEAM, member__team_id=F("session__team_id"))
    lost = CalendarInvite.objects.filter(
        session=OuterRef("pk"), planned__startswith=REQUEST
    ).filter(
        ~Q(member__left_at=None)
        | Q(member__user__is_active=False)
        | Q(member__role=Role.OBSERVER)
        | ~may_still
    )
    return (
        LearningSession.objects.standing()
        .filter(ends_at__gt=now, cohort__archived_at=None)
        .filter((Q(starts_at__lte=now + INVITE_AHEAD) & someone) | Exists(lost))
        .order_by("starts_at", "pk")
    )
