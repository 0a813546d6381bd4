"""Files in posts: taken in, shown to whoever may read the post, swept when nobody sent them."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from cohort.files import check_upload
from cohort.models import Audience
from forums import services
from forums.models import Attachment, Post
from tests import made_files as made
from tests.factories import SpaceFactory, ThreadFactory

ADD = "/c/spring/attachments/"


def photo(**exif):
    out = io.BytesIO()
    picture = Image.new("RGB", (40, 30), "teal")
    data = picture.getexif()
    data[0x010E] = "taken at home"
    data.get_ifd(0x8825)[2] = (41.0, 52.0, 12.0)
    picture.save(out, "JPEG", exif=data)
    return out.getvalue()


def attach(member, name="plan.txt", data=b"The plan."):
    checked = check_upload(SimpleUploadedFile(name, data))
    return services.add_attachment(member=member, checked=checked)


def reply_with(thread, author, *files, text="<p>See</p>"):
    body = text + "".join(services.attachment_html(file) for file in files)
    return services.publish_reply(thread=thread, author=author, body=body)


def get(client, member, file):
    client.force_login(member.user)
    return client.get(file.get_absolute_url())


def test_an_upload_answers_with_where_it_is(client, mia):
    client.force_login(mia.user)
    answer = client.post(ADD, {"file": SimpleUploadedFile("Yard at noon.jpg", photo())})
    kept = Attachment.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "url": f"/c/spring/attachments/{kept.pk}/",
        "name": "Yard at noon.jpg",
        "size": answer.json()["size"],
        "width": 40,
        "height": 30,
    }
    assert (kept.added_by, kept.post, kept.content_type) == (mia, None, "image/jpeg")


def test_pictures_lose_where_they_were_taken(client, mia):
    assert b"taken at home" in photo()
    kept = attach(mia, "photo.jpg", photo())
    data = b"".join(get(client, mia, kept).streaming_content)
    assert b"taken at home" not in data
    assert b"Exif" not in data
    assert Image.open(io.BytesIO(data)).size == (40, 30)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("drawing.svg", b"<svg onload='x()'/>", "can carry programs"),
        ("page.png", b"<!doctype html><script>x()</script>", "can carry programs"),
        ("empty.txt", b"", "is empty"),
        ("tool.exe", b"MZ\x90\x00\x03", "cannot take this kind of file"),
    ],
)
def test_refused_files_say_why(client, mia, name, data, words):
    client.force_login(mia.user)
    answer = client.post(ADD, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not Attachment.objects.exists()


def test_too_large_says_how_large_it_may_be(client, mia, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    client.force_login(mia.user)
    answer = client.post(ADD, {"file": SimpleUploadedFile("big.pdf", made.pdf() + bytes(2000))})
    assert answer.status_code == 422
    assert "the largest we can take is" in answer.json()["error"]


@pytest.mark.parametrize(("limit", "most"), [("MOST_WAITING", 2), ("MOST_WAITING_BYTES", 18)])
def test_nobody_piles_up_files(client, mia, monkeypatch, limit, most):
    monkeypatch.setattr(Attachment, limit, most)
    attach(mia)
    attach(mia)
    client.force_login(mia.user)
    answer = client.post(ADD, {"file": SimpleUploadedFile("a.txt", b"a")})
    assert answer.status_code == 422
    assert Attachment.objects.count() == 2


def test_a_file_is_as_private_as_its_post(client, cast, spaces):
    thread = ThreadFactory(space=spaces["harbor"], author=cast.mia)
    file = attach(cast.mia)
    assert [get(client, who, file).status_code for who in (cast.mia, cast.theo, cast.fay)] == [
        200, 404, 404,
    ]  # fmt: skip
    reply_with(thread, cast.mia, file)
    seen = {
        name: get(client, getattr(cast, name), file).status_code
        for name in ("mia", "theo", "fay", "tia", "obi")
    }
    assert seen == {"mia": 200, "theo": 200, "fay": 200, "tia": 404, "obi": 404}


def test_files_follow_their_thread_into_another_space(client, cast, spaces, commons, thread):
    file = attach(cast.mia)
    reply_with(thread, cast.mia, file)
    assert get(client, cast.tia, file).status_code == 200
    back_room = SpaceFactory(cohort=cast.cohort, audience=Audience.FACILITATORS)
    thread.space = back_room
    thread.save()
    assert get(client, cast.tia, file).status_code == 404


def test_files_of_removed_and_hidden_posts_are_gone_at_once(client, cast, thread):
    file, other = attach(cast.theo), attach(cast.theo, "other.txt")
    post, hidden = reply_with(thread, cast.theo, file), reply_with(thread, cast.theo, other)
    assert [get(client, cast.mia, each).status_code for each in (file, other)] == [200, 200]
    services.remove_post(post=post)
    hidden.hidden_at = timezone.now()
    hidden.save()
    assert [get(client, cast.mia, each).status_code for each in (file, other)] == [404, 404]
    # Its author and facilitators still see the post, so that its files are not missing there.
    assert [get(client, cast.fay, each).status_code for each in (file, other)] == [404, 200]
    assert get(client, cast.theo, other).status_code == 200


def test_what_an_edit_takes_out_is_seen_with_the_earlier_versions_only(client, cast, thread):
    file = attach(cast.theo)
    post = reply_with(thread, cast.theo, file)
    services.edit_post(post=post, body="<p>Better without.</p>")
    seen = {
        name: get(client, getattr(cast, name), file).status_code for name in ("mia", "theo", "fay")
    }
    assert seen == {"mia": 404, "theo": 200, "fay": 200}


def test_another_persons_file_is_not_taken_over(client, cast, thread):
    """Naming somebody's unsent file in one's own post opens it to nobody."""
    file = attach(cast.mia)
    post = reply_with(thread, cast.theo, file)
    file.refresh_from_db()
    assert file.post is None
    assert post.attached_names == ""
    assert get(client, cast.theo, file).status_code == 404


def test_only_pictures_are_shown_in_place(client, mia):
    picture = get(client, mia, attach(mia, "a.jpg", photo()))
    text = get(client, mia, attach(mia))
    assert picture["Content-Disposition"].startswith("inline;")
    assert text["Content-Disposition"].startswith("attachment;")
    for answer in (picture, text):
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_picture_seen_before_is_not_sent_again_but_asked_for(client, cast, thread):
    file = attach(cast.theo, "a.jpg", photo())
    post = reply_with(thread, cast.theo, file)
    tag = get(client, cast.mia, file)["ETag"]
    again = client.get(file.get_absolute_url(), headers={"If-None-Match": tag})
    assert (again.status_code, again["Cache-Control"]) == (304, "private, no-cache")
    services.remove_post(post=post)
    assert client.get(file.get_absolute_url(), headers={"If-None-Match": tag}).status_code == 404


def test_files_are_added_without_scripts(client, mia, thread):
    client.force_login(mia.user)
    client.post(
        f"/c/spring/discussions/{thread.pk}/posts/",
        {
            "body": "Look.",
            "attached": [
                SimpleUploadedFile("yard.jpg", photo()), SimpleUploadedFile("plan.txt", b"Plan"),
            ],
        },
    )  # fmt: skip
    post = thread.posts.get(number=2)
    names = list(post.attachments.order_by("created_at").values_list("name", flat=True))
    assert names == ["yard.jpg", "plan.txt"]
    assert "plan.txt" in post.attached_names
    assert "<img" in post.body
    assert ">plan.txt</a>" in post.body


def test_a_refused_file_keeps_the_text(client, mia, thread):
    client.force_login(mia.user)
    answer = client.post(
        f"/c/spring/discussions/{thread.pk}/posts/",
        {"body": "My words", "attached": SimpleUploadedFile("a.svg", b"<svg/>")},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "a.svg: " in page
    assert "My words</textarea>" in page
    assert thread.posts.count() == 1


def test_eleven_files_are_too_many(client, mia, thread):
    client.force_login(mia.user)
    body = "".join(services.attachment_html(attach(mia, f"{n}.txt")) for n in range(11))
    answer = client.post(
        f"/c/spring/discussions/{thread.pk}/posts/", {"body": body, "is_html": "on"}
    )
    assert answer.status_code == 422
    assert "room for 10 files" in answer.content.decode()


def test_the_sweep_takes_old_unsent_files_with_their_bytes(
    mia, thread, django_capture_on_commit_callbacks
):
    old, young, sent = attach(mia), attach(mia), attach(mia)
    reply_with(thread, mia, sent)
    long_ago = timezone.now() - Attachment.WAITS - timedelta(minutes=1)
    Attachment.objects.filter(pk__in=[old.pk, sent.pk]).update(created_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        services.sweep_unsent(timezone.now())
    assert set(Attachment.objects.all()) == {young, sent}
    stored = [default_storage.exists(file.file.name) for file in (old, young, sent)]
    assert stored == [False, True, True]


def test_a_sweep_that_fails_deletes_no_bytes(mia, django_capture_on_commit_callbacks):
    old = attach(mia)
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=30))
    with django_capture_on_commit_callbacks(execute=False):
        services.sweep_unsent(timezone.now())
    assert default_storage.exists(old.file.name)


def test_names_of_files_saved_before_are_split_for_search(mia, thread):
    from importlib import import_module

    from django.apps import apps

    file = attach(mia, "bus_plan.txt")
    post = reply_with(thread, mia, file)
    other = reply_with(thread, mia)
    Post.objects.filter(pk=post.pk).update(attached_names="bus_plan.txt")
    import_module("forums.migrations.0008_split_names_of_files").split_names(apps, None)
    names = Post.objects.filter(pk__in=[post.pk, other.pk]).order_by("pk")
    assert list(names.values_list("attached_names", flat=True)) == [
        "bus_plan.txt bus plan txt", "",
    ]  # fmt: skip
