"""Word of another role or team: at once, by mail and in the bell, to whom it is about."""

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.models import Membership, Role
from notifications import reach, reasons, registry, samples
from notifications.models import Delivery, Entry
from notifications.registry import Kind, Line, Mail, Outcome, Skip
from notifications.rendering import absolute, render_mail

KIND = "cohort.place"
GROUP = "place"
CHANGED_SINCE = "place-changed-since"

# What they are now, and what that lets them do.
TITLES = {
    Role.MEMBER: gettext_lazy("You are a member of %(cohort)s now"),
    Role.TEAM_LEAD: gettext_lazy("You lead %(team)s now"),
    Role.FACILITATOR: gettext_lazy("You facilitate %(cohort)s now"),
    Role.OBSERVER: gettext_lazy("You observe %(cohort)s now"),
}
IN_A_TEAM = gettext_lazy("You are in the team %(team)s now")
SENTENCES = {
    Role.MEMBER: gettext_lazy("You read and write everywhere in it that all members do."),
    Role.TEAM_LEAD: gettext_lazy("You can invite people to your team and edit its page."),
    Role.FACILITATOR: gettext_lazy("The console and the facilitators’ space are open to you."),
    Role.OBSERVER: gettext_lazy("You can read what the whole cohort reads, and write nothing."),
}
TEAM_SENTENCE = gettext_lazy("What this team keeps to itself is open to you.")


def place_changed(member: Membership) -> None:
    """Tell a member of their new place, in the transaction that gives it to them."""
    reach.tell(
        KIND,
        [member],
        dedupe_key=f"place:{timezone.now().isoformat()}",
        target_pk=member.pk,
        params={"role": str(member.role), "team": member.team_id},
        group=GROUP,
        items=[member.pk],
    )


def compose(deliveries: Sequence[Delivery]) -> Iterable[tuple[Delivery, Outcome]]:
    for delivery in deliveries:
        member, place = delivery.recipient, delivery.params
        if member is None:
            yield delivery, Skip(reasons.GONE)
        elif (member.role, member.team_id) != (place["role"], place["team"]):
            yield delivery, Skip(CHANGED_SINCE)
        else:
            yield delivery, _mail(delivery, member)


def _mail(delivery: Delivery, member: Membership) -> Mail:
    title, sentence = words_of(member)
    return render_mail(
        delivery,
        "mail/place",
        subject=title,
        preheader=sentence,
        why=_("You get this because the facilitators changed your place in %(cohort)s.")
        % {"cohort": member.cohort.name},
        context={
            "title": title,
            "sentence": sentence,
            "cohort_url": absolute(member.cohort.get_absolute_url()),
        },
    )


def words_of(member: Membership) -> tuple[str, str]:
    """What a member is now, and what it means, a sentence each."""
    names = {"cohort": member.cohort.name, "team": member.team.name if member.team else ""}
    role = Role(member.role)
    if member.team is None and role is Role.TEAM_LEAD:
        role = Role.MEMBER
    if member.team and role is Role.MEMBER:
        return str(IN_A_TEAM) % names, str(TEAM_SENTENCE)
    return str(TITLES[role]) % names, str(SENTENCES[role])


def describe(entries: Sequence[Entry]) -> dict[int, Line]:
    return {
        entry.pk: Line(
            title=title, detail=sentence, url=entry.member.get_absolute_url(), icon="user-round-cog"
        )
        for entry in entries
        for title, sentence in [words_of(entry.member)]
    }


def register() -> None:
    reasons.WORDS[CHANGED_SINCE] = gettext_lazy("Their place was changed again since")
    registry.register_kind(
        Kind(
            KIND,
            gettext_lazy("Another role or team"),
            compose,
            describe=describe,
            sample=lambda delivery: _mail(delivery, samples.reader_of(delivery)),
        )
    )
