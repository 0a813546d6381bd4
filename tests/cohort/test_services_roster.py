from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cohort.models import AuditEntry, Cohort, Invitation, Organization, RosterImport, Team
from cohort.rosters import parse
from cohort.services import roster
from cohort.tables import Verdict
from tests.factories import CohortFactory, InvitationFactory, UserFactory

DATA = Path(__file__).parent / "data"
GOOD = (DATA / "roster.csv").read_bytes()
MESSY = (DATA / "roster-messy.csv").read_bytes()


def counts(cohort):
    return (
        cohort.invitations.count(),
        cohort.teams.count(),
        Organization.objects.filter(cohort=cohort).count(),
    )


@pytest.fixture
def empty(db):
    return CohortFactory(slug="winter")


def test_foresee_changes_nothing(empty):
    outlook = roster.foresee(empty, parse(GOOD))

    assert [line.verdict for line in outlook.lines] == [Verdict.NEW] * 5
    assert outlook.new_teams == ["Harbor", "River"]
    assert outlook.new_organizations == [
        "Harbor Promise",
        "Harbor Public Schools",
        "River Works",
        "The nonprofit",
        "The foundation",
    ]
    assert counts(empty) == (0, 0, 0)


def test_apply_invites_everybody_with_their_teams_and_nobody_twice(empty):
    roster.apply(cohort=empty, content=GOOD, by=None)
    again = roster.apply(cohort=empty, content=GOOD, by=None)

    assert counts(empty) == (5, 2, 5)
    assert [line.words for line in again.lines] == ["Is invited already."] * 5
    lucia = Invitation.objects.get(email="lucia@example.org")
    assert (lucia.name, lucia.role, lucia.team.name, lucia.organization.name) == (
        "Lucía Tran",
        "team_lead",
        "Harbor",
        "Harbor Promise",
    )


def test_apply_uses_the_good_rows_of_a_messy_roster(empty):
    outlook = roster.apply(cohort=empty, content=MESSY, by=None)

    assert (len(outlook.new), len(outlook.known), len(outlook.refused)) == (2, 0, 8)
    assert sorted(empty.invitations.values_list("email", flat=True)) == [
        "grace@example.org",
        "lucia@example.org",
    ]
    assert counts(empty) == (2, 1, 1)


def test_apply_is_all_or_nothing(empty, monkeypatch):
    calls = []

    def second_fails(**fields):
        calls.append(fields)
        if len(calls) == 2:
            raise RuntimeError("the power went out")

    monkeypatch.setattr(roster, "invite", second_fails)

    with pytest.raises(RuntimeError):
        roster.apply(cohort=empty, content=GOOD, by=None)

    assert counts(empty) == (0, 0, 0)


def test_foresee_knows_who_is_there_and_what_the_file_says_otherwise(cast):
    now = timezone.now()
    InvitationFactory(cohort=cast.cohort, email="asked@example.org")
    InvitationFactory(cohort=cast.cohort, email="late@example.org", expires_at=now)
    InvitationFactory(cohort=cast.cohort, email="revoked@example.org", revoked_at=now)
    UserFactory(email="off@example.org", is_active=False)
    people = ["mia", "gone", "asked", "late", "revoked", "off"]
    table = "\n".join(f"{name.title()},{name}@EXAMPLE.org,Harbor" for name in people)

    outlook = roster.foresee(cast.cohort, parse(f"name,email,team\n{table}".encode()))

    assert [(line.verdict.value, line.reasons[0]) for line in outlook.lines] == [
        ("known", "Is a member already."),
        ("known", "Was a member and left; the roster page can restore them."),
        ("known", "Is invited already."),
        ("known", "Was invited; the invitation expired and can be resent."),
        ("known", "The invitation was revoked; invite by hand to ask again."),
        ("refused", "The account of this address was deactivated by the site's staff."),
    ]
    (line,) = roster.foresee(
        cast.cohort, parse(b"name,email,team\nMia,mia@example.org,River")
    ).lines
    assert line.reasons == ("Is a member already.", "The file says team “River”; “Harbor” stays.")


def test_foresee_costs_the_same_for_any_number_of_rows(cast, django_assert_num_queries):
    for n in (1, 30):
        table = "\n".join(f"P{i},p{i}@example.org,Harbor" for i in range(n))
        rows = parse(f"name,email,team\nMia,mia@example.org,Harbor\n{table}".encode())
        with django_assert_num_queries(7):
            roster.foresee(cast.cohort, rows)


def test_apply_kept_happens_once(fay):
    kept = roster.keep(cohort=fay.cohort, by=fay, content=GOOD)

    first = roster.apply_kept(kept=kept, by=fay)
    second = roster.apply_kept(kept=kept, by=fay)

    assert (len(first.new), second) == (5, None)
    kept.refresh_from_db()
    assert kept.invited == 5
    assert AuditEntry.objects.filter(action="roster.imported").count() == 1


def test_keep_throws_old_rosters_away(fay):
    old = roster.keep(cohort=fay.cohort, by=fay, content=GOOD)
    RosterImport.objects.update(created_at=timezone.now() - timezone.timedelta(days=8))

    roster.keep(cohort=fay.cohort, by=fay, content=GOOD)

    assert not RosterImport.objects.filter(pk=old.pk).exists()


def run(*args):
    out = StringIO()
    call_command("import_roster", *args, stdout=out)
    return out.getvalue()


def test_import_roster_dry_run_tells_and_changes_nothing(empty):
    told = run(str(DATA / "roster-messy.csv"), "--cohort", "winter", "--dry-run")

    assert "2 new, 0 known, 8 refused" in told
    assert "The same address is already on line 2." in told
    assert "Nothing was changed" in told
    assert counts(empty) == (0, 0, 0)


def test_import_roster_invites_and_a_second_time_nobody(empty):
    assert "5 new, 0 known, 0 refused. Invited 5" in run(
        str(DATA / "roster.csv"), "--cohort", "winter"
    )
    assert "0 new, 5 known, 0 refused. Invited 0" in run(
        str(DATA / "roster.csv"), "--cohort", "winter"
    )


@pytest.mark.parametrize(
    ("file", "slug", "words"),
    [
        ("nowhere.csv", "winter", "There is no file nowhere.csv"),
        (str(DATA / "roster.csv"), "summer", "create_cohort summer"),
        (str(DATA), "winter", "cannot be read"),
    ],
)
def test_import_roster_says_what_is_the_matter(empty, file, slug, words):
    with pytest.raises(CommandError, match=words):
        run(file, "--cohort", slug)


def test_create_cohort_makes_one_and_refuses_nonsense(db):
    args = ["create_cohort", "next", "--name", "Next"]
    call_command(*args, "--starts", "2027-09-01", "--ends", "2028-08-31", stdout=StringIO())

    assert str(Cohort.objects.get(slug="next").ends_on) == "2028-08-31"
    for starts, ends, words in (
        ("2027-09-01", "2028-08-31", "already"),
        ("2028-09-01", "2027-08-31", "after it starts"),
        ("soon", "2028-08-31", "not a day"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command(*args, "--starts", starts, "--ends", ends)


def test_team_slugs_do_not_clash(empty):
    content = "name,email,team\nA,a@example.org,Río Works\nB,b@example.org,Rio Works!\n".encode()

    roster.apply(cohort=empty, content=content, by=None)

    assert sorted(Team.objects.filter(cohort=empty).values_list("slug", flat=True)) == [
        "rio-works",
        "rio-works-2",
    ]
