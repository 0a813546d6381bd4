"""Files put into posts: taken in before their post is sent, swept when it never is."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cohort.files import CheckedFile, discard, stored
from cohort.models import Membership
from forums.models import Attachment
from forums.services.bodies import files_named
from forums.services.refusals import Refused


class TooManyWaiting(Refused):
    reason = format_lazy(
        _(
            "You have {most} files or {megabytes} MB here that are in no post yet. Send what you "
            "are writing first; files in no post are deleted after {days} days."
        ),
        most=Attachment.MOST_WAITING,
        megabytes=Attachment.MOST_WAITING_BYTES // 2**20,
        days=Attachment.WAITS.days,
    )


def add_attachment(*, member: Membership, checked: CheckedFile) -> Attachment:
    """Keep a file for a post that its member is writing.

    Raises TooManyWaiting, and NotStored with nothing kept.
    """
    waiting = member.attachments.in_no_post().aggregate(files=Count("pk"), size=Sum("size"))
    if (
        waiting["files"] >= Attachment.MOST_WAITING
        or (waiting["size"] or 0) + checked.size > Attachment.MOST_WAITING_BYTES
    ):
        raise TooManyWaiting
    with stored(checked, Attachment) as path, transaction.atomic():
        return Attachment.objects.create(
            cohort_id=member.cohort_id,
            added_by=member,
            file=path,
            name=checked.name,
            content_type=checked.content_type,
            size=checked.size,
            sha256=checked.sha256,
            width=checked.width,
            height=checked.height,
        )


def give_files(html: str, *, reference: str, writer: Membership) -> None:
    """Let what its writer put into a text belong to the thing that it stands in; within the
    transaction that saves the text. Files of others, or of posts, stay where they are.
    """
    kind, _colon, pk = reference.partition(":")
    waiting = Attachment.objects.in_no_post().filter(added_by=writer, pk__in=files_named(html))
    waiting.update(about_kind=kind, about_pk=int(pk))


def discard_files_about(reference: str) -> None:
    """With the thing go the files in it: the rows now, the bytes once it is sure."""
    files = Attachment.objects.about(reference)
    for path in files.values_list("file", flat=True):
        transaction.on_commit(partial(discard, path))
    files.delete()


def attachment_html(attachment: Attachment) -> str:
    """How a file stands in a post's text: a picture as one, anything else as a link."""
    url = attachment.get_absolute_url()
    if not attachment.is_picture:
        return format_html('<p><a href="{}">{}</a></p>', url, attachment.name)
    return format_html(
        '<p><img src="{}" alt="{}" width="{}" height="{}"></p>',
        url,
        attachment.name.rpartition(".")[0],
        attachment.width,
        attachment.height,
    )


@transaction.atomic
def sweep_attachments(now: datetime) -> int:
    """Delete files that have been in no post for long: the rows first, the bytes once it is sure.

    A file that gets into a post at this moment stays.
    """
    old = Attachment.objects.in_no_post().filter(created_at__lt=now - Attachment.WAITS)
    rows = list(old.select_for_update(skip_locked=True).order_by("created_at")[:500])
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        transaction.on_commit(partial(discard, row.file.name or ""))
    return len(rows)
