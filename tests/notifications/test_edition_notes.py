from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from cohort.models import AuditEntry, Membership
from notifications import edition, planning, registry, sections, sending, services
from notifications.edition import audience, notes, preview
from notifications.models import Choices, Delivery, EditionNote, Suppression
from notifications.sections import Reader
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.usefixtures("no_worker")

TUESDAY = date(2026, 11, 24)
AT_SEVEN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # in New York
LONG_AGO = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def reader(cohort, monkeypatch):
    """The only one who gets editions, in a cohort where nothing happens."""
    monkeypatch.setattr(sections, "_sections", [])
    monkeypatch.setattr(registry, "planners", [edition.plan])
    Membership.objects.update(norms_agreed_version=0)
    return MembershipFactory(
        cohort=cohort,
        user=UserFactory(name="Rita Reader", time_zone="America/New_York"),
        joined_at=LONG_AGO,
        norms_agreed_at=LONG_AGO,
    )


def publish(fay, at, html="<p>Bring one question.</p>", week=TUESDAY, version=0):
    with time_machine.travel(at, tick=False):
        return notes.publish(cohort=fay.cohort, week=week, html=html, by=fay, version=version)


def beat(at):
    with time_machine.travel(at, tick=False):
        planning.plan_due(timezone.now())
        sending.send_due()


def told() -> list[tuple[str, int]]:
    return [(message.subject, message.body.count("Bring one question.")) for message in mail.outbox]


def test_a_note_alone_is_reason_enough_and_is_told_once(reader, fay):
    publish(fay, AT_SEVEN - DAY)
    for days in range(15):
        beat(AT_SEVEN + days * DAY)
    assert told() == [("This week in Spring: a word from Fay", 1)]
    assert "A word from Fay" in mail.outbox[0].alternatives[0][0]


def test_whoever_reads_every_day_finds_it_in_the_first_edition_of_the_week(reader, fay):
    services.choose(member=reader, edition="daily")
    Choices.objects.update(edition_set_at=LONG_AGO)
    publish(fay, AT_SEVEN - 3 * DAY)
    for days in range(-3, 9):
        beat(AT_SEVEN + days * DAY)
    assert [one.created_at for one in Delivery.objects.filter(state="sent")] == [AT_SEVEN]
    assert [count for _subject, count in told()] == [1]


def test_published_late_it_reaches_those_whose_edition_is_still_to_come(reader, fay):
    daily = MembershipFactory(
        cohort=reader.cohort,
        user=UserFactory(time_zone="America/New_York"),
        joined_at=LONG_AGO,
        norms_agreed_at=LONG_AGO,
    )
    services.choose(member=daily, edition="daily")
    Choices.objects.update(edition_set_at=LONG_AGO)
    publish(fay, AT_SEVEN + 2 * DAY)
    for days in range(9):
        beat(AT_SEVEN + days * DAY)
    assert [message.to for message in mail.outbox] == [[daily.user.email]]


def test_a_change_is_told_to_nobody_twice(reader, fay):
    services.choose(member=reader, edition="daily")
    Choices.objects.update(edition_set_at=LONG_AGO)
    publish(fay, AT_SEVEN - DAY)
    beat(AT_SEVEN)
    publish(fay, AT_SEVEN + DAY / 2, html="<p>Bring two.</p>", version=1)
    for days in range(1, 7):
        beat(AT_SEVEN + days * DAY)
    assert [count for _subject, count in told()] == [1]


def test_an_edition_that_failed_leaves_the_note_for_the_next(reader, fay):
    services.choose(member=reader, edition="daily")
    Choices.objects.update(edition_set_at=LONG_AGO)
    publish(fay, AT_SEVEN - DAY)
    with time_machine.travel(AT_SEVEN, tick=False):
        planning.plan_due(timezone.now())
    Delivery.objects.update(state="failed")
    beat(AT_SEVEN + DAY)
    assert [count for _subject, count in told()] == [1]


@pytest.mark.parametrize(
    ("until", "since", "published", "expected"),
    [
        # The last day of the week, and the first of the next one.
        (AT_SEVEN + 6 * DAY, AT_SEVEN - DAY, AT_SEVEN - DAY, True),
        (AT_SEVEN + 7 * DAY, AT_SEVEN - DAY, AT_SEVEN - DAY, False),
        # The Monday before, though it is published already.
        (AT_SEVEN - DAY, AT_SEVEN - 8 * DAY, AT_SEVEN - 2 * DAY, False),
        # Just after the first midnight of the week: the edition before was last week's.
        (datetime(2026, 11, 24, 4, 59, tzinfo=UTC), AT_SEVEN - 2 * DAY, AT_SEVEN - 5 * DAY, True),
        (datetime(2026, 11, 25, 4, 59, tzinfo=UTC), datetime(2026, 11, 24, 4, 59, tzinfo=UTC),
         AT_SEVEN - 5 * DAY, False),
        # Not published when the edition was planned.
        (AT_SEVEN, AT_SEVEN - 7 * DAY, AT_SEVEN, False),
    ],
)  # fmt: skip
def test_a_note_is_due_in_one_edition_of_its_week(reader, until, since, published, expected):
    note = EditionNote(cohort=reader.cohort, week=TUESDAY, published_at=published)
    assert notes.is_due(note, Reader(reader, since, until)) is expected


def test_another_cohorts_note_is_nobodys_here(reader, fay, cast):
    publish(cast.olga, AT_SEVEN - DAY)
    beat(AT_SEVEN)
    assert told() == []


def test_who_publishes_over_somebody_elses_is_told(fay):
    publish(fay, AT_SEVEN)
    with pytest.raises(notes.ChangedMeanwhile):
        publish(fay, AT_SEVEN, html="<p>Mine.</p>", version=0)
    assert EditionNote.objects.get().body == "<p>Bring one question.</p>"


def test_a_draft_stands_beside_what_is_published(fay):
    publish(fay, AT_SEVEN)
    notes.keep_draft(cohort=fay.cohort, week=TUESDAY, html="<p>Better.</p>", by=fay)
    note = EditionNote.objects.get()
    assert (note.body, note.draft) == ("<p>Bring one question.</p>", "<p>Better.</p>")
    assert preview.drafted(note).body == "<p>Better.</p>"


def test_what_is_taken_out_is_kept_as_a_draft_and_told_to_nobody(reader, fay):
    publish(fay, AT_SEVEN - DAY)
    notes.withdraw(cohort=fay.cohort, week=TUESDAY, by=fay)
    beat(AT_SEVEN)
    assert told() == []
    assert EditionNote.objects.get().draft == "<p>Bring one question.</p>"


def test_each_step_is_in_the_audit_trail(fay):
    publish(fay, AT_SEVEN)
    publish(fay, AT_SEVEN, html="<p>Two.</p>", version=1)
    notes.withdraw(cohort=fay.cohort, week=TUESDAY, by=fay)
    preview.send_test(week=TUESDAY, to=fay)
    steps = AuditEntry.objects.order_by("pk").values_list("action", "subject", "actor_pk")
    assert list(steps) == [
        (action, "2026-11-24", fay.user_id)
        for action in (
            "edition_note.published",
            "edition_note.changed",
            "edition_note.withdrawn",
            "edition.test_sent",
        )
    ]


def test_what_scripts_a_note_holds_are_gone_and_its_own_links_are_whole(fay, settings):
    note = publish(fay, AT_SEVEN, html='<p><a href="/c/spring/">Here</a><script>x</script></p>')
    words = notes.words_of(notes.as_told(note))
    assert "<script" not in words.html
    assert f'href="{settings.BASE_URL}/c/spring/"' in words.html
    assert f"Here ({settings.BASE_URL}/c/spring/)" in words.text


def test_a_test_goes_to_whoever_asks_and_moves_no_mark(fay, reader, mailoutbox):
    notes.keep_draft(cohort=fay.cohort, week=TUESDAY, html="<p>Bring one question.</p>", by=fay)
    preview.send_test(week=TUESDAY, to=fay)
    sending.send_due()
    (message,) = mailoutbox
    assert message.to == [fay.user.email]
    assert message.subject == "Test: This week in Spring: a word from Fay"
    assert "Bring one question." in message.body
    assert not Choices.objects.filter(edition_mark__isnull=False).exists()


def test_a_preview_has_no_link_that_acts_for_the_member(fay, reader):
    shown = preview.preview_of(reader, TUESDAY, timezone.now())
    assert not shown.is_news
    assert "/u/" not in shown.mail.html + shown.mail.text


def test_the_audience_says_when_and_why_not(fay, cohort):
    Membership.objects.update(norms_agreed_version=0)
    people = [
        MembershipFactory(
            cohort=cohort,
            user=UserFactory(time_zone=zone),
            joined_at=LONG_AGO,
            last_seen_at=AT_SEVEN,
        )
        for zone in ("America/New_York", "Pacific/Honolulu", *["America/Chicago"] * 5)
    ]
    _ny, _hi, monday, never, paused, refused, gone = people
    services.choose(member=monday, edition_weekday=0, edition_hour=18)
    services.choose(member=never, edition="never")
    services.choose(member=paused, paused_until=TUESDAY + DAY)
    Suppression.objects.create(address=refused.user.email)
    Membership.objects.filter(pk=gone.pk).update(last_seen_at=AT_SEVEN - timedelta(days=95))
    found = audience.audience_of(cohort, TUESDAY, AT_SEVEN - DAY)
    assert [(sending.wall, sending.people) for sending in found.sendings] == [
        (datetime(2026, 11, 24, 7, 0), 2),
        (datetime(2026, 11, 30, 18, 0), 1),
    ]
    assert found.left_out == {
        "Switched this mail off": 1,
        "Wants no mail for a while": 1,
        "The address refuses mail": 1,
        "Not seen for three months: their editions rest": 1,
    }
    late = audience.audience_of(cohort, TUESDAY, AT_SEVEN + DAY)
    assert late.people == 1
    assert late.left_out["Had this week’s edition before"] == 4


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (AT_SEVEN - timedelta(minutes=1), TUESDAY),
        (AT_SEVEN, TUESDAY + 7 * DAY),
        (AT_SEVEN + 6 * DAY, TUESDAY + 7 * DAY),
    ],
)
def test_the_coming_week_is_the_one_most_people_still_get(now, week):
    cohort = SimpleNamespace(time_zone="America/New_York")
    assert audience.coming_week(cohort, now) == week
