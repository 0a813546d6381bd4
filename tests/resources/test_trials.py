import csv
import io
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from cohort.models import Audience, AuditEntry, Membership
from notifications import reasons
from notifications.models import Delivery, Entry
from notifications.sections import Place, Reader
from resources import services, trial_asks
from resources.edition_trade import trial_section
from resources.models import Resource, Trial, TrialRule
from resources.queries.trials import reports_due

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """Nobody is told of new mail: the test itself is the worker."""
    from notifications import tasks

    monkeypatch.setattr(tasks, "poke", lambda: None)


def at(name, resource, *more) -> str:
    return reverse(f"resources:{name}", args=[resource.cohort.slug, resource.pk, *more])


def every(cohort, **asked) -> str:
    return reverse("resources:trial_list", args=[cohort.slug])


@pytest.fixture
def trial(cast, add):
    """Theo says that Harbor tries what Tia of River added."""
    resource = add(cast.tia, title="Agreement")
    return services.start_trial(resource=resource, member=cast.theo, plan="With nurses.")


def report(trial, member, outcome="worked", words="It did.") -> bool:
    return services.report_trial(trial=trial, member=member, outcome=outcome, report=words)


# ---------------------------------------------------------------- begun, reported, withdrawn


def test_a_team_says_that_it_tries_something_and_what_came_of_it(browse, cast, add):
    resource = add(cast.tia, title="Agreement")
    theo, mia = browse(cast.theo), browse(cast.mia)

    begun = theo.post(at("trial_create", resource), {"plan": " With  nurses. "})
    assert begun["Location"] == f"{resource.get_absolute_url()}#trials"
    trial = Trial.objects.get()
    assert (trial.team, trial.started_by, trial.plan, trial.is_open) == (
        cast.team, cast.theo, "With nurses.", True,
    )  # fmt: skip
    page = browse(cast.obi).get(resource.get_absolute_url()).content.decode()
    assert ("With nurses." in page, "Being tried" in page) == (True, True)

    # Anybody of the team reports, and mends the report.
    assert mia.post(at("trial_report", resource, trial.pk), {"report": "x"}).status_code == 422
    for words in ("It saved a month.", "It saved six weeks."):
        told = mia.post(
            at("trial_report", resource, trial.pk), {"outcome": "worked", "report": words}
        )
        assert told.status_code == 302
    trial.refresh_from_db()
    assert (trial.outcome, trial.report, trial.reported_by) == (
        "worked", "It saved six weeks.", cast.mia,
    )  # fmt: skip
    page = browse(cast.obi).get(resource.get_absolute_url()).content.decode()
    assert ("It saved six weeks." in page, "It worked" in page) == (True, True)


def test_a_team_tries_a_thing_once_at_a_time_and_again_after_it_reported(browse, cast, trial):
    again = services.start_trial(resource=trial.resource, member=cast.mia, plan="Twice?")
    assert again == trial
    report(trial, cast.mia)
    later = services.start_trial(resource=trial.resource, member=cast.mia)
    assert (later != trial, Trial.objects.count()) == (True, 2)
    with pytest.raises(IntegrityError):
        Trial.objects.create(resource=trial.resource, team=cast.team)


@pytest.mark.django_db(transaction=True)
def test_two_of_a_team_who_say_it_at_once_begin_one_trial(cast, add):
    resource = add(cast.tia)

    def start(member):
        try:
            services.start_trial(resource=resource, member=member)
        finally:
            connection.close()

    threads = [threading.Thread(target=start, args=[m]) for m in (cast.mia, cast.theo) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Trial.objects.count() == 1


def test_what_was_begun_by_mistake_is_withdrawn_and_what_was_reported_stays(browse, cast, trial):
    done = services.start_trial(resource=trial.resource, member=cast.tia)
    report(done, cast.tia)
    mia, tia = browse(cast.mia), browse(cast.tia)

    asked = mia.get(at("trial_removal", trial.resource, trial.pk))
    assert (asked.status_code, Trial.objects.count()) == (200, 2)
    mia.post(at("trial_removal", trial.resource, trial.pk))
    tia.post(at("trial_removal", trial.resource, done.pk))
    assert list(Trial.objects.all()) == [done]
    assert report(trial, cast.mia) is False


def test_a_team_does_not_speak_for_another(browse, cast, trial):
    for name in ("trial_report", "trial_removal"):
        for member, expected in ((cast.tia, 403), (cast.fay, 403), (cast.obi, 403)):
            answer = browse(member).post(at(name, trial.resource, trial.pk), {"outcome": "did_not"})
            assert answer.status_code == expected


# ---------------------------------------------------------------- asking


def asked():
    """Who was asked for which trial, by mail and in the bell."""
    rows = Delivery.objects.filter(kind=trial_asks.KIND).select_related("recipient__user")
    lines = Entry.objects.filter(kind=trial_asks.KIND).select_related("member__user")
    return (
        sorted(str(row.recipient) for row in rows),
        sorted({str(line.member) for line in lines}),
    )


def aged(trial, days) -> None:
    Trial.objects.filter(pk=trial.pk).update(started_at=timezone.now() - days * DAY)


def test_the_report_is_asked_for_after_sixty_days_and_once_more(cast, trial):
    now = timezone.now() + timedelta(minutes=1)
    aged(trial, 59)
    assert (trial_asks.plan(now), asked()) == (0, ([], []))
    aged(trial, 60)
    for _beat in range(3):
        trial_asks.plan(now)
    assert asked() == (["Theo"], ["Theo"])
    assert trial_asks.plan(now + 13 * DAY) == 0
    for _beat in range(3):
        trial_asks.plan(now + 14 * DAY)
    assert asked() == (["Theo", "Theo"], ["Theo"])
    assert trial_asks.plan(now + 300 * DAY) == 0


def test_a_cohort_says_when_it_asks(browse, cast, trial):
    where = reverse("resources:trial_asking", args=[cast.cohort.slug])
    fay = browse(cast.fay)
    page = fay.post(where, {"days": "3"})
    assert (page.status_code, TrialRule.objects.count()) == (422, 0)
    assert fay.post(where, {"days": "14"}).status_code == 302
    assert fay.post(where, {"days": "14"}).status_code == 302
    assert AuditEntry.objects.filter(action="trials.asked_after").count() == 1
    aged(trial, 14)
    assert trial_asks.plan(timezone.now()) == 1


def test_the_leads_are_asked_where_nobody_is_left_who_began(cast, add):
    resource = add(cast.tia)
    trial = services.start_trial(resource=resource, member=cast.mia)
    Membership.objects.filter(pk=cast.mia.pk).update(left_at=timezone.now())
    aged(trial, 61)
    trial_asks.plan(timezone.now())
    assert asked() == (["Theo"], ["Theo"])


@pytest.mark.parametrize("what", ["reported", "withdrawn", "removed", "hidden", "archived"])
def test_what_needs_no_report_any_more_is_not_asked_for(cast, trial, what):
    aged(trial, 61)
    unmake(trial, cast, what)
    assert (trial_asks.plan(timezone.now()), asked()) == (0, ([], []))


@pytest.mark.parametrize("what", ["reported", "withdrawn", "removed", "hidden"])
def test_what_was_settled_before_the_mail_goes_out_is_not_sent_nor_shown(cast, trial, what):
    aged(trial, 61)
    trial_asks.plan(timezone.now())
    delivery = Delivery.objects.select_related("recipient__user", "recipient__cohort").get()
    entry = Entry.objects.select_related("member__user", "member__cohort").get()
    (_row, mail), line = next(iter(trial_asks.compose([delivery]))), trial_asks.describe([entry])
    assert mail.subject == "What came of it? Agreement"
    assert line[entry.pk].title == "What came of it? Agreement"

    unmake(trial, cast, what)
    (_row, outcome) = next(iter(trial_asks.compose([delivery])))
    assert outcome.reason in (trial_asks.REPORTED, reasons.GONE)
    assert trial_asks.describe([entry]) == {}


def unmake(trial, cast, what) -> None:
    resource = trial.resource
    if what == "reported":
        report(trial, cast.mia)
    elif what == "withdrawn":
        services.withdraw_trial(trial=trial)
    elif what == "removed":
        services.remove_resource(resource=resource, actor=cast.tia)
    elif what == "hidden":
        Resource.objects.filter(pk=resource.pk).update(audience=Audience.FACILITATORS)
    else:
        type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(archived_at=timezone.now())


def test_opening_the_report_reads_the_bell(browse, cast, trial):
    aged(trial, 61)
    trial_asks.plan(timezone.now())
    browse(cast.theo).get(at("trial_report", trial.resource, trial.pk))
    assert Entry.objects.filter(member=cast.theo, read_at=None).count() == 0


def test_home_says_what_is_waited_for(browse, cast, trial):
    assert reports_due(cast.mia) == []
    Trial.objects.update(asks=1, asked_at=timezone.now())
    assert [reports_due(member) for member in (cast.mia, cast.tia, cast.obi)] == [[trial], [], []]
    page = browse(cast.mia).get(cast.cohort.get_absolute_url()).content.decode()
    assert "What came of “Agreement”?" in page
    report(trial, cast.mia)
    assert reports_due(cast.mia) == []


# ---------------------------------------------------------------- what came of it


@pytest.fixture
def year(cast, add, themes):
    """Trials of three resources: for all, for Harbor alone, for the facilitators."""
    drivers, leaders = [themes["drivers"]], [themes["leaders"]]
    shared = add(cast.tia, title="For all", themes=drivers)
    teams = add(cast.mia, title="Harbor's", audience=Audience.TEAM, themes=leaders)
    for member in (cast.theo, cast.tia):
        report(services.start_trial(resource=shared, member=member), member, words=f"{member}.")
    services.start_trial(resource=teams, member=cast.mia, plan="=1+1")


def rows(browse, member, query="") -> list[tuple[str, str]]:
    page = browse(member).get(every(member.cohort) + query).context["page"]
    return [(trial.resource.title, trial.team.name) for trial in page]


def test_the_trail_is_shown_of_what_one_sees_and_narrowed(browse, cast, year):
    shared = [("For all", "River"), ("For all", "Harbor")]
    assert rows(browse, cast.mia) == [("Harbor's", "Harbor"), *shared]
    assert [rows(browse, member) for member in (cast.tia, cast.obi)] == [shared, shared]
    assert rows(browse, cast.mia, "?team=river") == [("For all", "River")]
    assert rows(browse, cast.mia, "?theme=leaders") == [("Harbor's", "Harbor")]
    assert rows(browse, cast.tia, "?theme=leaders") == []
    assert rows(browse, cast.tia, "?team=nowhere&theme=x") == shared


def table(browse, member, query="") -> list[list[str]]:
    where = reverse("resources:trial_export", args=[member.cohort.slug]) + query
    answer = browse(member).get(where)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return [[line[0], line[1], line[2], line[4], line[5], line[6]] for line in lines[1:]]


def test_the_table_holds_what_one_sees_and_no_formula(browse, cast, year):
    shared = [
        ["For all", "River", "River", "", "It worked", "Tia."],
        ["For all", "River", "Harbor", "", "It worked", "Theo."],
    ]
    assert table(browse, cast.obi) == shared
    assert table(browse, cast.mia) == [["Harbor's", "Harbor", "Harbor", "'=1+1", "", ""], *shared]
    assert table(browse, cast.mia, "?team=river") == shared[:1]


def test_the_trail_asks_the_same_for_one_and_for_three(
    browse, cast, add, untracked, django_assert_num_queries
):
    mia = browse(cast.mia)
    mia.get(every(cast.cohort))
    for count in (1, 2):
        for _each in range(count):
            report(services.start_trial(resource=add(cast.tia), member=cast.mia), cast.mia)
        with django_assert_num_queries(8):
            mia.get(every(cast.cohort))


# ---------------------------------------------------------------- the edition


def test_the_edition_tells_others_what_came_of_it(cast, add):
    now = timezone.now()
    shared = services.start_trial(resource=add(cast.tia, title="For all"), member=cast.mia)
    closed = services.start_trial(
        resource=add(cast.mia, title="Harbor's", audience=Audience.TEAM), member=cast.mia
    )
    early = services.start_trial(resource=add(cast.tia, title="Long ago"), member=cast.mia)
    for trial in (shared, closed, early):
        report(trial, cast.mia, words="Much.")
    Trial.objects.filter(pk=early.pk).update(reported_at=now - 9 * DAY)
    members = (cast.mia, cast.theo, cast.tia, cast.obi, cast.olga)
    readers = [Reader(member, now - 7 * DAY, now + DAY) for member in members]

    told = {
        pk: [(part.place, item.title, item.detail) for part in parts for item in part.items]
        for pk, parts in trial_section(readers).items()
    }
    for_all = (Place.THEMES, "Harbor tried “For all”", "It worked")
    assert told == {
        cast.theo.pk: [for_all, (Place.TEAM, "Harbor tried “Harbor's”", "It worked")],
        cast.tia.pk: [for_all],
        cast.obi.pk: [for_all],
    }
