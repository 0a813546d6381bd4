"""The cohort, its teams and organizations, and everybody in it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from cohort.models import (
    Cohort,
    Invitation,
    Membership,
    Organization,
    Role,
    Sector,
    Team,
    User,
)
from cohort.zones import to_utc
from demo.loader import content
from demo.loader.calendar import Calendar
from demo.loader.chance import dice
from demo.loader.writing import rich
from forums.services import open_spaces
from notifications.models import Choices, Rhythm
from sessions.reminders import open_rules

_TUESDAY = 1
# Invited so many days ago and not there yet: one is new, one runs out soon, one has.
_NOT_YET = [
    ("Itzel Cárdenas", "Mission Trail Works", 2),
    ("Dot Fairchild", "Great Lake Makers", 27),
    ("Gus Lindholm", "Prairie Rivers Cooperative", 34),
]
# The roster calls a few sectors by a longer name.
_SECTORS = {str(label).lower(): value for value, label in Sector.choices} | {
    "nonprofit organization": Sector.NONPROFIT
}


@dataclass
class People:
    cohort: Cohort
    # By the part of their address before the @, as the content files name them.
    members: dict[str, Membership]
    teams: dict[str, Team]


@dataclass(frozen=True)
class SignIn:
    role: str
    email: str


def sign_ins() -> list[SignIn]:
    """Who may sign in to the demo with its known password, one per role."""
    table = content.toml("cohort.toml")["sign_ins"]
    return [SignIn(role, email) for role, email in table.items() if role != "password"]


def password() -> str:
    return str(content.toml("cohort.toml")["sign_ins"]["password"])


def load_people(calendar: Calendar) -> People:
    plan = content.toml("cohort.toml")
    cohort = _cohort(plan, calendar)
    roster = content.rows("roster.csv")
    teams = _teams(cohort, roster, plan["teams"], calendar)
    organizations = _organizations(cohort, roster, teams, plan["organizations"])
    users = _users(roster, calendar)
    members = _members(cohort, roster, users, teams, organizations, calendar)
    _invitations(cohort, list(members.values()), teams, calendar)
    _mail_choices(members, calendar)
    open_spaces(cohort)
    open_rules(cohort)
    return People(cohort, members, teams)


def nickname(email: str) -> str:
    """How the content files call a person."""
    return email.split("@")[0]


def _cohort(plan: dict[str, Any], calendar: Calendar) -> Cohort:
    return Cohort.objects.create(
        slug=plan["slug"],
        name=plan["name"],
        time_zone=plan["timezone"],
        starts_on=date.fromisoformat(plan["starts"]) + calendar.shift,
        ends_on=date.fromisoformat(plan["ends"]) + calendar.shift,
        welcome=plan["welcome"].strip(),
        norms=rich(plan["norms"]).html,
    )


def _teams(
    cohort: Cohort,
    roster: list[dict[str, str]],
    words: dict[str, dict[str, str]],
    calendar: Calendar,
) -> dict[str, Team]:
    places = {row["team"]: row for row in roster if row["team"]}
    return {
        team.name: team
        for team in Team.objects.bulk_create(
            Team(
                cohort=cohort,
                slug=slugify(name),
                name=name,
                place=row["place"],
                state=row["state"],
                setting=row["setting"],
                purpose=words[name]["purpose"].strip(),
                purpose_on=calendar.day(date(2026, 10, 13) + timedelta(days=place)),
            )
            for place, (name, row) in enumerate(places.items())
        )
    }


def _organizations(
    cohort: Cohort,
    roster: list[dict[str, str]],
    teams: dict[str, Team],
    beside: list[dict[str, str]],
) -> dict[tuple[str, str], Organization]:
    """By team and by the name the roster has; those without a team get their proper names."""
    proper = {each["stands_for"]: each for each in beside}
    found: dict[tuple[str, str], Organization] = {}
    for row in roster:
        key = (row["team"], row["organization"])
        if key in found:
            continue
        named = proper.get(row["organization"], row | {"name": row["organization"]})
        found[key] = Organization(
            cohort=cohort,
            team=teams.get(row["team"]),
            name=named["name"],
            sector=_SECTORS[named["sector"].lower()],
        )
    Organization.objects.bulk_create(found.values())
    return found


def _users(roster: list[dict[str, str]], calendar: Calendar) -> dict[str, User]:
    profiles = content.toml("people.toml")
    known, nobody = make_password(password()), make_password(None)
    demo_addresses = {sign_in.email for sign_in in sign_ins()}
    users = [_user(row, profiles.get(nickname(row["email"]), {}), calendar) for row in roster]
    for user in users:
        user.password = known if user.email in demo_addresses else nobody
    users.append(_site_admin(known))
    User.objects.bulk_create(users, ignore_conflicts=True)

    kept = {user.email: user for user in User.objects.filter(email__in=[u.email for u in users])}
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=user, email=email, verified=True, primary=True)
            for email, user in kept.items()
        ],
        ignore_conflicts=True,
    )
    return kept


def _user(row: dict[str, str], profile: dict[str, Any], calendar: Calendar) -> User:
    return User(
        email=row["email"],
        name=row["name"],
        title=profile.get("title", row["title"]),
        time_zone=row["timezone"],
        bio=profile.get("bio", "").strip(),
        can_help_with=profile.get("can_help", ""),
        looking_for_help_with=profile.get("looking_for", ""),
        shows_email=profile.get("show_email", False),
        date_joined=_joined(row["email"], calendar),
    )


def _site_admin(hashed: str) -> User:
    address = next(each.email for each in sign_ins() if each.role == "site_admin")
    return User(email=address, name="Site admin", password=hashed, is_staff=True, is_superuser=True)


def _joined(email: str, calendar: Calendar) -> datetime:
    """Most joined in the fortnight before the opening session, some only afterwards."""
    days = dice("joined", email).choice([-13, -12, -12, -11, -11, -10, -9, -8, -7, -6, -4, -1, 9])
    moment = calendar.moment("09-15 11:20", "America/New_York") + timedelta(days=days)
    return min(moment, calendar.now - timedelta(days=3))


def _members(
    cohort: Cohort,
    roster: list[dict[str, str]],
    users: dict[str, User],
    teams: dict[str, Team],
    organizations: dict[tuple[str, str], Organization],
    calendar: Calendar,
) -> dict[str, Membership]:
    members = []
    for row in roster:
        user = users[row["email"]]
        joined = _joined(user.email, calendar)
        before, last = _visits(user.email, calendar)
        members.append(
            Membership(
                cohort=cohort,
                user=user,
                role=Role[row["role"].replace(" ", "_").upper()],
                team=teams.get(row["team"]),
                organization=organizations[row["team"], row["organization"]],
                joined_at=joined,
                norms_agreed_version=cohort.norms_version,
                norms_agreed_at=joined,
                previous_visit_at=before,
                last_seen_at=last,
            )
        )
    return {
        nickname(member.user.email): member for member in Membership.objects.bulk_create(members)
    }


def _visits(email: str, calendar: Calendar) -> tuple[datetime, datetime]:
    """The visit before the last, and the last: most come weekly, a few have gone quiet."""
    chance = dice("visits", email)
    if email in {sign_in.email for sign_in in sign_ins()}:
        days = 4  # There is something new for whoever signs in to look around.
    else:
        days = chance.choices([0, 1, 2, 3, 5, 8, 19, 41], [16, 20, 16, 14, 14, 12, 6, 2])[0]
    ago = timedelta(days=days, hours=chance.randint(1, 9), minutes=chance.randint(0, 59))
    last = calendar.now - ago
    return last - timedelta(days=chance.randint(2, 9)), last


def _invitations(
    cohort: Cohort, members: list[Membership], teams: dict[str, Team], calendar: Calendar
) -> None:
    """Everybody came by invitation; three people have not answered theirs."""
    leads = {member.team_id: member for member in members if member.is_team_lead}
    invitations = [
        _invitation(member, leads.get(member.team_id)) for member in members if member.team_id
    ]
    for name, team_name, days in _NOT_YET:
        team = teams[team_name]
        sent = calendar.now - timedelta(days=days)
        address = f"{slugify(name).replace('-', '.')}@{team.slug}.example.org"
        invitations.append(
            Invitation(
                cohort=cohort,
                email=address,
                name=name,
                team=team,
                invited_by=leads[team.pk],
                sent_at=sent,
                expires_at=sent + timedelta(days=30),
            )
        )
    Invitation.objects.bulk_create(invitations)


def _invitation(member: Membership, lead: Membership | None) -> Invitation:
    return Invitation(
        cohort=member.cohort,
        email=member.user.email,
        name=member.user.name,
        title=member.user.title,
        time_zone=member.user.time_zone,
        role=member.role,
        team=member.team,
        organization=member.organization,
        invited_by=None if lead == member else lead,
        sent_at=member.joined_at - timedelta(days=2),
        expires_at=member.joined_at + timedelta(days=28),
        accepted_at=member.joined_at,
        membership=member,
    )


def last_edition(member: Membership, calendar: Calendar) -> datetime:
    """Seven in the morning of the last Tuesday before today, where the member lives."""
    days = (calendar.today.weekday() - _TUESDAY) % 7 or 7
    return to_utc(calendar.today - timedelta(days=days), time(7), member.user.time_zone, fold=0)


def _mail_choices(members: dict[str, Membership], calendar: Calendar) -> None:
    """Most keep the weekly edition. What is older than the last one is not mailed again."""
    choices = []
    for name, member in members.items():
        rhythm = dice("rhythm", name).choices(
            [Rhythm.WEEKLY, Rhythm.DAILY, Rhythm.NEVER], [88, 8, 4]
        )[0]
        yesterday = calendar.now - timedelta(days=1)
        mark = yesterday if rhythm == Rhythm.DAILY else last_edition(member, calendar)
        choices.append(Choices(member=member, edition=rhythm, edition_mark=mark))
    Choices.objects.bulk_create(choices, ignore_conflicts=True)
