"""What the cohort sees of an import, and what whoever runs it is told."""

from cohort.models import Theme
from forums.models import Attachment, Post, Thread
from tests.forums.mail_archive import file_part, mail, with_files


def test_imported_posts_are_told_to_nobody_and_unread_by_none(bring, cast):
    bring(mail("1"), mail("2", answers="1", minutes=1))

    thread = Thread.objects.get()
    assert not Post.objects.untold().exists()
    for member in (cast.fay, cast.mia, cast.tia):
        assert not Thread.objects.unread_by(member).exists()
    readers = thread.readings.values_list("member", "number")
    assert sorted(readers) == sorted(
        (member.pk, 2) for member in (cast.fay, cast.theo, cast.mia, cast.tia)
    )


def test_threads_have_a_theme_and_a_tag(bring, themes):
    bring(mail("1"))
    bring(mail("2", subject="Other"), theme="leaders")
    lesson = Theme.objects.exclude(parent=None).first()
    bring(mail("3", subject="Third"), theme=lesson.slug)

    first, other, third = Thread.objects.order_by("pk")
    assert [theme.slug for theme in first.themes.all()] == [Theme.objects.top().first().slug]
    assert [theme.slug for theme in other.themes.all()] == ["leaders"]
    assert set(third.themes.all()) == {lesson, lesson.parent}
    assert [str(tag) for tag in first.tags.all()] == ["imported"]


def test_a_dry_run_says_what_would_come_and_changes_nothing(bring, mia):
    archive = [mail("1", **with_files(file_part("a.csv", b"a,b\n"))), mail("2", answers="1")]
    said = bring(*archive, dry_run=True)
    counts = [Thread.objects.count(), Post.objects.count(), Attachment.objects.count()]
    again = bring(*archive)

    assert counts == [0, 0, 0]
    assert said.split("\n")[:3] == again.split("\n")[:3]
    assert said.endswith("Nothing was changed (--dry-run).\n")


def test_the_command_says_what_came_in(bring, mia):
    said = bring(
        mail("1"),
        mail("2", answers="1", sender="Pat <pat@far.example.org>", minutes=1),
        mail("2"),
        mail("3", body=" ", subject="Empty"),
    )

    assert said.split("\n") == [
        "      1  began a discussion",
        "      1  became a reply",
        "      0  was here already",
        "      2  left out",
        "             1  It is in the archive twice.",
        "             1  There is nothing in it.",
        "      0  files kept",
        "Without an account here: Pat (1)",
        (
            f"New discussions have the theme “{Theme.objects.top().first().name}” and the tag "
            "“imported”."
        ),
        "",
    ]


def test_the_report_opens_in_a_spreadsheet_without_running_anything(bring, tmp_path):
    bring(mail(subject="=HYPERLINK(1)"), report=str(tmp_path / "r.csv"))

    text = (tmp_path / "r.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
