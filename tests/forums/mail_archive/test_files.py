"""Files that come with a mail."""

import base64

from forums.models import Attachment, Post
from tests.forums.mail_archive import file_part, mail, multipart, png, with_files


def test_files_are_kept_and_linked_at_the_end(bring, mia):
    bring(mail(**with_files(file_part("plan.csv", b"day,school\nMonday,A\n"))))

    post, kept = Post.objects.get(), Attachment.objects.get()
    assert (kept.post, kept.added_by, kept.name, kept.content_type) == (
        post,
        mia,
        "plan.csv",
        "text/csv",
    )
    assert kept.file.read() == b"day,school\nMonday,A\n"
    assert post.body == (
        f'<p>See the plan.</p><p><a href="/c/spring/attachments/{kept.pk}/">plan.csv</a></p>'
    )
    assert post.attached_names == "plan.csv plan csv"


def test_files_that_we_do_not_take_are_noted(rows):
    found = rows(mail(**with_files(file_part("tool.exe", b"MZ\x00\x01" * 50))))

    ((outcome, _why, notes),) = found
    assert outcome == "began a discussion"
    assert notes.startswith("tool.exe: We cannot take this kind of file.")
    assert Attachment.objects.count() == 0


def test_a_mail_of_nothing_but_a_refused_file_is_left_out_with_why(rows):
    found = rows(mail(**multipart("mixed", file_part("tool.exe", b"MZ\x00\x01" * 50))))

    ((outcome, why, _notes),) = found
    assert outcome == "left out"
    assert why.startswith("There is nothing in it.; tool.exe: We cannot take")


def test_calendars_pixels_and_logos_are_left(bring):
    logo = (
        (
            "Content-Type: image/png; name=logo.png\nContent-ID: <logo>\n"
            "Content-Disposition: inline; filename=logo.png\nContent-Transfer-Encoding: base64"
        ),
        base64.encodebytes(png(60, 20)),
    )
    invitation = ("Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR")
    bring(mail(**with_files(logo, invitation, file_part("smime.p7s", b"x"))))

    assert Attachment.objects.count() == 0
    assert Post.objects.get().body == "<p>See the plan.</p>"


def test_pictures_are_shown_in_their_post(bring):
    bring(mail(**with_files(file_part("site.png", png(300, 200), "image/png"))))

    kept = Attachment.objects.get()
    assert (kept.width, kept.height) == (300, 200)
    assert f'<img src="/c/spring/attachments/{kept.pk}/" alt="site"' in Post.objects.get().body
