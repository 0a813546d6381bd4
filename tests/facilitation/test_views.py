import csv
import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from cohort.models import AuditEntry, FileCheck, Invitation, Membership, Role, RosterImport
from notifications.models import Delivery, Heartbeat
from sessions.models import RSVP, CloseOut
from tests.factories import (
    InvitationFactory,
    MembershipFactory,
    SessionFactory,
    SpaceFactory,
    ThreadFactory,
)

CONSOLE = "/c/spring/console/"
MESSY = Path(__file__).parent.parent / "cohort" / "data" / "roster-messy.csv"


@pytest.fixture
def console(fay) -> Client:
    """Fay's browser, just after she signed in."""
    client = Client()
    client.force_login(fay.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(fay.user_id)
    session.save()
    return client


def test_console_says_what_needs_attention(console, cast):
    now = timezone.now()
    InvitationFactory(cohort=cast.cohort, expires_at=now + timedelta(days=3))
    InvitationFactory(cohort=cast.cohort, expires_at=now - timedelta(days=1))
    InvitationFactory(cohort=cast.cohort)
    Delivery.objects.create(
        kind="x", dedupe_key="1", cohort=cast.cohort, recipient=cast.mia, state="failed"
    )
    Delivery.objects.create(
        kind="x", dedupe_key="2", cohort=cast.cohort, recipient=cast.mia, state="sent"
    )
    session = SessionFactory(cohort=cast.cohort)
    RSVP.objects.create(session=session, member=cast.mia, answer="yes")
    space = SpaceFactory(cohort=cast.cohort)
    old = now - timedelta(days=3)
    cold = ThreadFactory(space=space, kind="question", created_at=old)
    ThreadFactory(space=space, kind="question")
    ThreadFactory(space=space, created_at=old)

    attention = console.get(CONSOLE).context["attention"]

    assert (attention.invitation_count, attention.failure_count) == (2, 1)
    assert [one.missing_teams for one in attention.thin_sessions] == [[cast.other_team]]
    assert attention.questions == [cold]


def held(cohort, title, days, **fields):
    return SessionFactory(
        cohort=cohort,
        title=title,
        starts_in=timedelta(days=-days),
        created_at=timezone.now() - timedelta(days=days + 30),
        **fields,
    )


def test_console_lists_what_waits_to_be_closed_out(console, cast, browse):
    cohort = cast.cohort
    done = held(cohort, "Done", 1)
    CloseOut.objects.create(session=done, finished_at=timezone.now())
    begun = held(cohort, "Begun", 2)
    CloseOut.objects.create(session=begun)
    held(cohort, "Off", 3, status="cancelled")
    held(cohort, "Draft", 4, status="draft")
    own = held(cohort, "Own", 5, audience="team", team=cast.team)
    SessionFactory(cohort=cohort, title="For the record", starts_in=timedelta(days=-6))
    SessionFactory(cohort=cohort, title="Ahead")
    held(cast.olga.cohort, "Elsewhere", 7)

    today = console.get(CONSOLE)
    shown = today.context["attention"].to_close
    assert [(one, one.is_begun) for one in shown] == [(begun, True), (own, False)]
    assert "2 sessions wait to be closed out" in today.content.decode()
    assert console.get(f"{CONSOLE}sessions/").context["to_close"] == shown
    assert f"/sessions/{begun.pk}/close-out/" in console.get(f"{CONSOLE}sessions/").content.decode()
    assert "2 sessions wait to be closed out" in console.get("/c/spring/").content.decode()
    assert "closed out" not in browse(cast.theo).get("/c/spring/").content.decode()


def test_console_shows_five_of_many_that_wait(console, cast):
    for days in range(1, 7):
        held(cast.cohort, f"Held {days}", days)
    page = console.get(CONSOLE).content.decode()
    assert "6 sessions wait to be closed out" in page
    assert [f"Held {days}" in page for days in range(1, 7)] == [True] * 5 + [False]
    assert "#to-close" in page


def test_console_says_when_nothing_does(console):
    assert "Nothing asks for you today" in console.get(CONSOLE).content.decode()


def test_sessions_count_answers_by_team(console, cast):
    session = SessionFactory(cohort=cast.cohort)
    own = SessionFactory(cohort=cast.cohort, audience="team", team=cast.team)
    SessionFactory(cohort=cast.olga.cohort)
    answers = {
        cast.mia: "yes",
        cast.theo: "no",
        cast.fay: "yes",
        cast.gone: "yes",
        cast.tia: "maybe",
    }
    for member, answer in answers.items():
        RSVP.objects.create(session=session, member=member, answer=answer)

    shown = console.get(f"{CONSOLE}sessions/").context["answers"]

    def figures(one):
        return (one.expected, one.yes, one.maybe, one.no, one.silent) if one else None

    assert [one.session for one in shown] == [session, own]
    assert [(team.slug, figures(one)) for team, one in shown[0].by_team] == [
        ("harbor", (2, 1, 0, 1, 0)),
        ("river", (1, 0, 1, 0, 0)),
    ]
    assert figures(shown[0].total) == (3, 1, 1, 1, 0)
    assert [(team.slug, figures(one)) for team, one in shown[1].by_team] == [
        ("harbor", (2, 0, 0, 0, 2)),
        ("river", None),
    ]


def roster(client, query=""):
    response = client.get(f"{CONSOLE}roster/?{query}")
    return [(row.name or row.address, row.state) for row in response.context["rows"]]


def test_roster_shows_members_and_those_invited(console, cast):
    InvitationFactory(cohort=cast.cohort, email="new@example.org", team=cast.team)
    InvitationFactory(cohort=cast.cohort, name="Zed", expires_at=timezone.now())
    InvitationFactory(cohort=cast.cohort, name="Back", revoked_at=timezone.now())
    InvitationFactory(cohort=cast.olga.cohort, name="Elsewhere")

    assert roster(console) == [
        ("new@example.org", "waiting"),
        ("Fay", "active"),
        ("Gone", "left"),
        ("Mia", "active"),
        ("Obi", "active"),
        ("Theo", "active"),
        ("Tia", "active"),
        ("Zed", "expired"),
    ]
    assert roster(console, "state=waiting") == [("new@example.org", "waiting")]
    assert roster(console, "state=expired") == [("Zed", "expired")]
    assert roster(console, "state=left") == [("Gone", "left")]
    assert roster(console, "role=facilitator") == [("Fay", "active")]
    assert roster(console, "team=river") == [("Tia", "active")]
    assert roster(console, "q=new@example") == [("new@example.org", "waiting")]
    assert roster(console, "q=schools") == [("Mia", "active"), ("Theo", "active")]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"), [("", 20), ("roster/", 10), ("sessions/", 9), ("deliveries/", 16)]
)
def test_console_costs_the_same_for_any_number(
    console, cast, page, queries, count, django_assert_num_queries
):
    space = SpaceFactory(cohort=cast.cohort)
    for n in range(count):
        member = MembershipFactory(cohort=cast.cohort, team=cast.team)
        InvitationFactory(cohort=cast.cohort, team=cast.team, expires_at=timezone.now())
        Delivery.objects.create(
            kind="x", dedupe_key=str(n), cohort=cast.cohort, recipient=member, state="failed"
        )
        session = SessionFactory(cohort=cast.cohort)
        RSVP.objects.create(session=session, member=member, answer="yes")
        held(cast.cohort, f"Held {n}", 3)
        ThreadFactory(
            space=space,
            kind="question",
            created_at=timezone.now() - timedelta(days=3),
            author=member,
        )
    console.get(CONSOLE + page)

    with django_assert_num_queries(queries):
        console.get(CONSOLE + page)


def test_export_gives_what_is_filtered_and_leaves_a_trace(console, cast):
    cast.mia.user.title = "=cmd()"
    cast.mia.user.save()

    response = console.post(f"{CONSOLE}roster/export/", {"team": "harbor", "state": "active"})

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["name"], row["title"], row["organization"]) for row in rows] == [
        ("Mia", "'=cmd()", "Harbor Schools"),
        ("Theo", "", "Harbor Schools"),
    ]
    entry = AuditEntry.objects.get(action="roster.exported")
    assert (entry.actor_pk, entry.details["people"]) == (cast.fay.user_id, 2)
    assert response["Content-Disposition"].startswith("attachment")


def test_export_asks_first_who_is_there(browse, fay):
    response = browse(fay).post(f"{CONSOLE}roster/export/")

    assert response.status_code == 302
    assert "reauthenticate" in response["Location"] or "confirmation" in response["Location"]


def test_import_shows_first_changes_nothing_and_then_invites(console, cast):
    with MESSY.open("rb") as file:
        shown = console.post(f"{CONSOLE}roster/imports/", {"file": file}, follow=True)
    assert (len(shown.context["outlook"].new), len(shown.context["outlook"].refused)) == (2, 8)
    assert Invitation.objects.count() == 0

    url = shown.redirect_chain[-1][0]
    done = console.post(url, follow=True)
    console.post(url)

    assert "2 invitations are on their way." in done.content.decode()
    assert sorted(Invitation.objects.values_list("email", flat=True)) == [
        "grace@example.org",
        "lucia@example.org",
    ]


def test_import_takes_a_pasted_table(console, cast):
    pasted = "Name\tEmail\tTeam\nNia\tnia@example.org\tHarbor\n"

    shown = console.post(f"{CONSOLE}roster/imports/", {"pasted": pasted}, follow=True)

    (line,) = shown.context["outlook"].lines
    assert (line.row.email, line.verdict.value) == ("nia@example.org", "new")


def test_import_says_why_a_table_cannot_be_used(console):
    for data, words in (
        ({"pasted": ""}, "Please choose a file or paste a table."),
        ({"pasted": "just some words"}, "must name the columns"),
    ):
        response = console.post(f"{CONSOLE}roster/imports/", data)
        assert response.status_code == 422
        assert words in response.content.decode()
    assert not RosterImport.objects.exists()


def test_refused_rows_come_with_their_reasons_and_run_nothing(console, cast):
    kept = RosterImport.objects.create(cohort=cast.cohort, content=MESSY.read_bytes())

    response = console.get(f"{CONSOLE}roster/imports/{kept.pk}/refused/")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 8
    assert rows[5]["name"] == '\'=HYPERLINK("https://example.org","click")'
    assert rows[0]["reasons"] == "The same address is already on line 2."


def test_a_role_changes_at_once_and_leaves_a_trace(console, cast):
    console.post(f"{CONSOLE}people/{cast.mia.pk}/", {"role": "observer", "team": cast.team.pk})

    cast.mia.refresh_from_db()
    assert (cast.mia.role, cast.mia.team) == (Role.OBSERVER, None)
    entry = AuditEntry.objects.get(action="membership.changed")
    assert (entry.details["before"]["role"], entry.details["after"]["role"]) == (
        "member",
        "observer",
    )


def test_a_member_needs_a_team(console, cast):
    response = console.post(f"{CONSOLE}people/{cast.obi.pk}/", {"role": "member"})

    assert response.status_code == 422
    assert "Please say which team." in response.content.decode()


def test_an_organization_must_be_at_the_same_table(console, cast):
    response = console.post(
        f"{CONSOLE}people/{cast.tia.pk}/",
        {"role": "member", "team": cast.other_team.pk, "organization": cast.organization.pk},
    )

    assert response.status_code == 422
    assert "another team" in response.content.decode()


def test_removing_ends_access_with_the_next_request_and_restoring_gives_it_back(
    console, browse, cast
):
    mias = browse(cast.mia)
    assert mias.get("/c/spring/people/").status_code == 200

    console.post(f"{CONSOLE}people/{cast.mia.pk}/removal/")
    assert mias.get("/c/spring/people/").status_code == 404

    console.post(f"{CONSOLE}people/{cast.mia.pk}/restoration/")
    assert mias.get("/c/spring/people/").status_code == 200
    assert list(AuditEntry.objects.values_list("action", flat=True)) == [
        "membership.restored",
        "membership.ended",
    ]


def test_nobody_removes_or_changes_themselves(console, fay):
    assert console.post(f"{CONSOLE}people/{fay.pk}/removal/").status_code == 403
    assert console.post(f"{CONSOLE}people/{fay.pk}/", {"role": "observer"}).status_code == 403
    fay.refresh_from_db()
    assert (fay.role, fay.left_at) == (Role.FACILITATOR, None)


def test_people_of_another_cohort_cannot_be_touched(console, olga):
    assert console.post(f"{CONSOLE}people/{olga.pk}/removal/").status_code == 404
    assert Membership.objects.get(pk=olga.pk).left_at is None


def test_deliveries_filters_and_keeps_to_the_cohort(console, cast):
    for n, (member, state) in enumerate(
        [(cast.mia, "sent"), (cast.tia, "failed"), (cast.olga, "sent")]
    ):
        Delivery.objects.create(
            kind="x", dedupe_key=str(n), cohort=member.cohort, recipient=member, state=state
        )

    def shown(query=""):
        page = console.get(f"{CONSOLE}deliveries/?{query}").context["page"]
        return [str(delivery.recipient) for delivery in page]

    assert shown() == ["Tia", "Mia"]
    assert shown("state=failed") == ["Tia"]
    assert shown("q=mia") == ["Mia"]
    assert shown("state=nonsense") == ["Tia", "Mia"]


def assert_about(moment, expected):
    assert abs(moment - expected) < timedelta(seconds=5)


def test_deliveries_tell_whether_what_sends_them_runs(console, cast):
    def machinery():
        return console.get(f"{CONSOLE}deliveries/").context["machinery"]

    now = timezone.now()
    assert (machinery().is_well, machinery().beat_at) == (False, None)

    Heartbeat.objects.create(name="beat", at=now - timedelta(seconds=20))
    Heartbeat.objects.create(name="worker", at=now)
    assert machinery().is_well
    assert now - machinery().beat_at == pytest.approx(
        timedelta(seconds=20), abs=timedelta(seconds=5)
    )

    due = {"cohort": cast.cohort, "recipient": cast.mia, "kind": "x"}
    Delivery.objects.create(dedupe_key="1", not_before=now - timedelta(hours=1), **due)
    Delivery.objects.create(dedupe_key="2", not_before=now + timedelta(hours=1), **due)
    assert not machinery().is_well
    assert now - machinery().oldest_due_at == pytest.approx(
        timedelta(hours=1), abs=timedelta(seconds=5)
    )
    page = console.get(f"{CONSOLE}deliveries/").content.decode()
    assert "was due <time" in page
    assert "1 hour ago" in page


def test_deliveries_tell_of_missing_files_but_not_which(console):
    FileCheck.objects.create(files=4, rows=5, missing=1, without_row=0, report="Missing: plan.pdf")

    page = console.get(f"{CONSOLE}deliveries/").content.decode()

    assert "1 is missing" in page
    assert "plan.pdf" not in page
