"""A year's plan from a file: judged row by row, applied at once, safe to apply again."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cohort.tables import UnreadableTable
from sessions.models import LearningSession
from sessions.services import plan_import

YEAR = settings.BASE_DIR / "demo" / "content" / "year.csv"
HEADER = "title,kind,date,start,minutes,timezone,themes\n"


def foresee(cohort, text, header=HEADER):
    rows = plan_import.read(cohort, (header + text).encode())
    return [(line.verdict.value, line.reasons) for line in plan_import.foresee(cohort, rows).lines]


def run(path, cohort, *options):
    out = StringIO()
    call_command("import_sessions", str(path), "--cohort", cohort.slug, *options, stdout=out)
    return out.getvalue()


def test_a_year_is_planned_once(cohort, themes):
    assert "16 new, 0 known, 0 changed, 0 refused" in run(YEAR, cohort)
    assert "0 new, 16 known, 0 changed, 0 refused" in run(YEAR, cohort)

    assert LearningSession.objects.filter(cohort=cohort).count() == 16
    closing = LearningSession.objects.get(title__startswith="Closing")
    assert closing.themes.count() == 4
    assert closing.minutes == 180
    assert closing.room.last_seq == 0


def test_a_dry_run_changes_nothing(cohort, themes):
    assert "Nothing was changed" in run(YEAR, cohort, "--dry-run")
    assert not LearningSession.objects.exists()


def test_a_session_that_moved_is_moved_and_keeps_what_the_file_does_not_say(cohort, themes):
    plan = HEADER + "Trust,learning session,2027-02-02,13:00,90,America/New_York,Leaders\n"
    plan_import.apply(cohort, plan.encode())
    LearningSession.objects.update(meeting_url="https://meet.example.org/x")

    outlook = plan_import.apply(cohort, plan.replace("2027-02-02", "2027-02-09").encode())

    (line,) = outlook.lines
    assert (line.verdict.value, line.reasons) == (
        "changed",
        ("date: 2027-02-02 becomes 2027-02-09.",),
    )
    session = LearningSession.objects.get()
    assert session.local_date.isoformat() == "2027-02-09"
    assert session.schedule_version == 2
    assert session.meeting_url == "https://meet.example.org/x"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",office hours,2027-02-02,13:00,60,,", "The title is missing."),
        ("A,seance,2027-02-02,13:00,60,,", "“seance” is no kind of session we know"),
        ("A,,soon,13:00,60,,", "“soon” is no date"),
        ("A,,2027-02-30,13:00,60,,", "“2027-02-30” is no date"),
        ("A,,2027-02-02,25:00,60,,", "“25:00” is no time"),
        ("A,,2027-02-02,13:00,-5,,", "begins like a formula"),
        ("A,,2027-02-02,13:00,2,,", "The length must be 5 to 1440 minutes"),
        ("A,,2027-02-02,13:00,60,Mars/Olympus,", "“Mars/Olympus” is not a time zone"),
        ("A,,2027-02-02,13:00,60,,Luck", "There is no theme “Luck”."),
        ("A,,2027-03-14,02:30,60,America/New_York,", "does not exist on March 14, 2027"),
        ("A,,2027-11-07,01:30,60,America/New_York,", "comes twice on November 7, 2027"),
        ("=1+1,,2027-02-02,13:00,60,,", "begins like a formula"),
        ("A,,2027-02-02,13:00,60,,,more", "There are more cells than columns."),
        ("A" * 161 + ",,2027-02-02,13:00,60,,", "longer than 160 characters"),
        ("A,,9999-12-31,23:59,60,America/Los_Angeles,", "is too far away"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(cohort, themes, row, reason):
    ((verdict, reasons),) = foresee(cohort, row + "\n")

    assert verdict == "refused"
    assert reason in " ".join(reasons)


def test_good_rows_among_bad_ones_are_planned(cohort, themes):
    content = HEADER + "Good,,2027-02-02,1:30 pm,,,\nBad,,never,13:00,,,\n"

    plan_import.apply(cohort, content.encode("utf-8-sig"))

    session = LearningSession.objects.get()
    assert (session.title, f"{session.local_time:%H:%M}", session.minutes) == ("Good", "13:30", 90)
    assert session.time_zone == cohort.time_zone


def test_semicolons_other_names_and_the_same_session_twice(cohort, themes):
    header = "Title;Type;Date;Begins;Length;Time Zone;Theme\n"
    row = "Trust;Peer Clinic;02/02/2027;13:00;60;america/chicago;leaders\n"

    assert [verdict for verdict, _reasons in foresee(cohort, row + row, header)] == [
        "new",
        "refused",
    ]


def test_a_file_without_its_columns_is_refused_as_a_whole(cohort):
    with pytest.raises(UnreadableTable, match="there is none called title"):
        plan_import.read(cohort, b"name,date,start\nA,2027-02-02,13:00\n")


def test_a_column_that_comes_twice_is_refused_with_the_file(cohort):
    with pytest.raises(UnreadableTable, match="two columns called start"):
        plan_import.read(cohort, b"title,date,start,time\nA,2027-02-02,13:00,14:00\n")


def test_the_command_says_in_words_what_is_wrong(cohort, tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        run(tmp_path / "none.csv", cohort)
    empty = Path(tmp_path / "empty.csv")
    empty.write_text("")
    with pytest.raises(CommandError, match="There is nothing in it"):
        run(empty, cohort)
