import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from cohort.models import Membership, User
from notifications import edition, marks, planning, registry, sections, sending, services, wishes
from notifications.models import Choices, Delivery
from notifications.sections import Place, SectionItem, SectionPart
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.usefixtures("no_worker")

BASE_URL = settings.BASE_URL
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
TUESDAY_AT_SEVEN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # in New York


@pytest.fixture
def news(monkeypatch):
    """What is new, as (moment, title): a section shows what lies in each reader's window."""
    items: list[tuple[datetime, str]] = []

    def section(readers):
        parts = {}
        for reader in readers:
            titles = [title for at, title in items if reader.since <= at < reader.until]
            if titles:
                parts[reader.member.pk] = [
                    SectionPart(
                        Place.THEMES,
                        [SectionItem(title, f"/{title}/") for title in titles],
                        highlights=titles,
                        more_url="/all/",
                    )
                ]
        return parts

    monkeypatch.setattr(sections, "_sections", [section])
    monkeypatch.setattr(registry, "planners", [edition.plan])
    return items


@pytest.fixture
def reader(cohort, news):
    """The only one in any cohort who has agreed to norms, long ago, and gets editions."""
    Membership.objects.update(norms_agreed_version=0)
    return MembershipFactory(
        cohort=cohort,
        user=UserFactory(name="Rita Reader", time_zone="America/New_York"),
        joined_at=LONG_AGO,
        norms_agreed_at=LONG_AGO,
    )


def beat(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        planning.plan_due(timezone.now())
        sending.send_due()


def mailed() -> list[str]:
    return [message.subject for message in mail.outbox]


def test_it_goes_out_at_seven_on_tuesday_of_ones_own_zone(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    beat(TUESDAY_AT_SEVEN - timedelta(seconds=1))
    assert mailed() == []
    beat(TUESDAY_AT_SEVEN)
    assert mailed() == ["This week in Spring: MOU"]
    assert mail.outbox[0].from_email == "Spring via Cohort <digest@example.org>"


def test_four_zones_have_their_own_seven_o_clock(news, reader):
    zones = ["America/Chicago", "America/Denver", "Pacific/Honolulu"]
    for zone in zones:
        MembershipFactory(
            cohort=reader.cohort,
            user=UserFactory(time_zone=zone),
            joined_at=LONG_AGO,
            norms_agreed_at=LONG_AGO,
        )
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    counts = []
    for hours in (0, 1, 2, 4, 5):
        beat(TUESDAY_AT_SEVEN + timedelta(hours=hours))
        counts.append(len(mailed()))
    assert counts == [1, 2, 3, 3, 4]


def test_however_often_the_beat_comes_one_edition_goes_out(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    for minutes in range(0, 600, 30):
        beat(TUESDAY_AT_SEVEN + timedelta(minutes=minutes))
    assert Delivery.objects.count() == 1
    assert len(mailed()) == 1


def test_nothing_new_no_mail_and_the_log_says_why(news, reader):
    beat(TUESDAY_AT_SEVEN)
    assert mailed() == []
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "empty")]


def test_a_part_that_is_no_news_does_not_make_an_edition(news, reader, monkeypatch):
    def next_session(readers):
        part = SectionPart(Place.NEXT_SESSION, [SectionItem("Clinic", "/s/")], is_news=False)
        return {reader.member.pk: [part] for reader in readers}

    monkeypatch.setattr(sections, "_sections", [next_session, *sections._sections])
    beat(TUESDAY_AT_SEVEN)
    assert mailed() == []
    news.append((TUESDAY_AT_SEVEN + timedelta(days=1), "MOU"))
    beat(TUESDAY_AT_SEVEN + timedelta(days=7))
    assert mailed() == ["This week in Spring: MOU"]
    body = mail.outbox[0].body
    assert body.index("MOU") < body.index("For you") < body.index("Clinic")


def test_each_thing_is_told_once_in_one_edition_or_the_next(news, reader):
    moments = [TUESDAY_AT_SEVEN - timedelta(days=3) + n * timedelta(hours=11) for n in range(14)]
    news.extend((moment, f"n{n}.") for n, moment in enumerate(moments))
    for week in range(3):
        beat(TUESDAY_AT_SEVEN + timedelta(days=7 * week, seconds=20))
    bodies = "".join(message.body for message in mail.outbox)
    assert [bodies.count(f"/n{n}./") for n in range(14)] == [1] * 14


def test_what_is_too_young_to_be_committed_waits_for_the_next(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(seconds=10), "Young"))
    news.append((TUESDAY_AT_SEVEN - timedelta(hours=1), "Old"))
    beat(TUESDAY_AT_SEVEN)
    beat(TUESDAY_AT_SEVEN + timedelta(days=7))
    assert mailed() == ["This week in Spring: Old", "This week in Spring: Young"]


def test_an_edition_that_failed_folds_into_the_next(news, reader, monkeypatch):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "First"))
    services.choose(member=reader, edition="daily")
    Choices.objects.update(edition_set_at=LONG_AGO)
    beat(TUESDAY_AT_SEVEN - timedelta(hours=1))
    Delivery.objects.update(state="failed")
    mail.outbox.clear()
    Choices.objects.update(edition_mark=TUESDAY_AT_SEVEN - timedelta(days=2))
    news.append((TUESDAY_AT_SEVEN + timedelta(hours=1), "Second"))
    beat(TUESDAY_AT_SEVEN + timedelta(days=1))
    assert mailed() == ["This week in Spring: First, Second"]


def test_a_beat_that_was_dead_for_hours_makes_up_for_it(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    beat(TUESDAY_AT_SEVEN + timedelta(hours=20))
    assert mailed() == ["This week in Spring: MOU"]


def test_after_two_dead_days_one_edition_tells_of_both(news, reader):
    for day in (1, 8):
        news.append((TUESDAY_AT_SEVEN + timedelta(days=day - 2), f"d{day}"))
    beat(TUESDAY_AT_SEVEN + timedelta(hours=25))
    assert mailed() == []
    beat(TUESDAY_AT_SEVEN + timedelta(days=7))
    assert mailed() == ["This week in Spring: d1, d8"]


def test_whoever_arrives_after_the_hour_waits_for_the_next(news, reader):
    Membership.objects.filter(pk=reader.pk).update(
        norms_agreed_at=TUESDAY_AT_SEVEN + timedelta(hours=1)
    )
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    beat(TUESDAY_AT_SEVEN + timedelta(hours=2))
    assert Delivery.objects.count() == 0


def test_nobody_is_mailed_before_agreeing_to_the_norms(news, reader):
    Membership.objects.filter(pk=reader.pk).update(norms_agreed_version=0)
    beat(TUESDAY_AT_SEVEN)
    assert Delivery.objects.count() == 0


def test_changing_the_hour_brings_no_second_edition_for_an_hour_long_gone(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    beat(TUESDAY_AT_SEVEN)
    with time_machine.travel(TUESDAY_AT_SEVEN + timedelta(hours=1)):
        services.choose(member=reader, edition_hour=5)
        services.choose(member=reader, edition="daily")
    beat(TUESDAY_AT_SEVEN + timedelta(hours=2))
    assert Delivery.objects.count() == 1


def test_a_change_of_zone_brings_no_second_edition_of_the_same_day(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    beat(TUESDAY_AT_SEVEN)
    User.objects.filter(pk=reader.user_id).update(time_zone="Pacific/Honolulu")
    beat(TUESDAY_AT_SEVEN + timedelta(hours=6))
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("zone", ["America/New_York", "America/Havana", "Europe/London"])
@pytest.mark.parametrize("day", [datetime(2026, 10, 23), datetime(2027, 3, 12)])
def test_a_daily_edition_comes_once_a_day_over_a_change_of_clocks(news, reader, zone, day):
    User.objects.filter(pk=reader.user_id).update(time_zone=zone)
    services.choose(member=reader, edition="daily", edition_hour=1)
    Choices.objects.update(edition_set_at=LONG_AGO)
    start = day.replace(tzinfo=UTC)
    for beats in range(8 * 12):
        with time_machine.travel(start + timedelta(hours=3 * beats), tick=False):
            edition.plan(timezone.now())
    days = [key.split(":")[2] for key in Delivery.objects.values_list("dedupe_key", flat=True)]
    assert len(days) == len(set(days))
    assert 12 <= len(days) <= 13


def test_the_mark_only_moves_when_it_was_sent_or_may_have_been(news, reader):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    with time_machine.travel(TUESDAY_AT_SEVEN, tick=False):
        edition.plan(timezone.now())
    assert wishes.choices_of(reader).edition_mark is None
    (delivery,) = sending.claim() or list(Delivery.objects.all())
    marks.settle([marks.Ending(delivery, Delivery.State.UNCERTAIN)])
    assert wishes.choices_of(reader).edition_mark == edition.cutoff(delivery)


def links_of(message) -> tuple[set[str], set[str]]:
    """Where the two parts of a mail lead, what is the same in every mail left out."""
    html = message.alternatives[0][0]
    in_html = {unescape(found) for found in re.findall(r'href="([^"]+)"', html)}
    in_text = set(re.findall(r"https?://[^\s<>]+", message.body))
    return {link for link in in_html if link.startswith("http")} - {BASE_URL}, in_text


def test_html_and_text_carry_the_same_links(news, reader):
    news.extend((TUESDAY_AT_SEVEN - timedelta(days=1), f"n{n}") for n in range(500))
    beat(TUESDAY_AT_SEVEN)
    (message,) = mail.outbox
    in_html, in_text = links_of(message)
    assert in_html == in_text
    shown = {f"{BASE_URL}/n{n}/" for n in range(500)} & in_html
    html = message.alternatives[0][0]
    assert len(html) < 90_000
    assert f"and {500 - len(shown)} more" in html
    assert f"and {500 - len(shown)} more: {BASE_URL}/all/" in message.body


def test_a_round_of_editions_asks_the_same_questions_for_three_as_for_one(
    news, reader, django_assert_num_queries
):
    news.append((TUESDAY_AT_SEVEN - timedelta(days=1), "MOU"))
    for count in (0, 2):
        for _n in range(count):
            MembershipFactory(
                cohort=reader.cohort,
                user=UserFactory(),
                joined_at=LONG_AGO,
                norms_agreed_at=LONG_AGO,
            )
        at = TUESDAY_AT_SEVEN + timedelta(days=7 * count)
        with time_machine.travel(at, tick=False):
            with django_assert_num_queries(3):
                edition.plan(timezone.now())
            claimed = sending.claim()
            with django_assert_num_queries(2):  # choices and notes
                list(edition.compose(claimed))


@pytest.mark.django_db(transaction=True)
def test_five_planners_at_once_plan_one_edition_for_each(news, reader):
    members = [
        MembershipFactory(
            cohort=reader.cohort, user=UserFactory(), joined_at=LONG_AGO, norms_agreed_at=LONG_AGO
        )
        for _n in range(20)
    ]
    together = threading.Barrier(5)

    def plan(_number):
        together.wait()
        try:
            return edition.plan(TUESDAY_AT_SEVEN)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as planners:
        list(planners.map(plan, range(5)))
    planned = sorted(Delivery.objects.values_list("recipient", flat=True))
    assert planned == sorted(member.pk for member in (reader, *members))


def test_planning_asks_the_same_questions_for_many_timetables(
    news, reader, django_assert_num_queries
):
    for hour in (5, 6, 7):
        member = MembershipFactory(
            cohort=reader.cohort, user=UserFactory(), joined_at=LONG_AGO, norms_agreed_at=LONG_AGO
        )
        services.choose(member=member, edition_hour=hour)
    Choices.objects.update(edition_set_at=LONG_AGO)
    # Which timetables there are, whose editions are missing, and one row for each.
    with django_assert_num_queries(3), time_machine.travel(TUESDAY_AT_SEVEN, tick=False):
        assert edition.plan(timezone.now()) == 4
    with django_assert_num_queries(2), time_machine.travel(TUESDAY_AT_SEVEN, tick=False):
        assert edition.plan(timezone.now()) == 0


def test_whoever_is_away_for_three_months_is_told_once_and_gets_editions_when_back(news, reader):
    gone_since = TUESDAY_AT_SEVEN - timedelta(days=91)
    Membership.objects.filter(pk=reader.pk).update(last_seen_at=gone_since)
    news.extend((TUESDAY_AT_SEVEN + timedelta(days=n), f"n{n}") for n in (-1, 6, 13))
    for week in range(2):
        beat(TUESDAY_AT_SEVEN + timedelta(days=7 * week))
    assert mailed() == ["Your mails from Spring rest"]
    Membership.objects.filter(pk=reader.pk).update(
        last_seen_at=TUESDAY_AT_SEVEN + timedelta(days=8)
    )
    beat(TUESDAY_AT_SEVEN + timedelta(days=14))
    assert mailed()[1:] == ["This week in Spring: n6, n13"]


def test_what_a_pause_left_out_is_in_the_edition_after_it(news, reader):
    beat_at = TUESDAY_AT_SEVEN
    news.extend((TUESDAY_AT_SEVEN + timedelta(days=7 * n - 1), f"n{n}") for n in range(6))
    beat(beat_at)
    services.choose(member=reader, paused_until=(TUESDAY_AT_SEVEN + timedelta(days=30)).date())
    for week in range(1, 6):
        beat(TUESDAY_AT_SEVEN + timedelta(days=7 * week))
    assert mailed() == ["This week in Spring: n0", "New in Spring: n1, n2, n3, n4, n5"]
    assert (
        list(Delivery.objects.filter(reason="paused").values_list("state", flat=True))
        == ["skipped"] * 4
    )
