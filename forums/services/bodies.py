"""What a post says, and what follows from it: mentions, files, links to things of this product."""

import re
import uuid

from django.db.models import Q, QuerySet

from cohort import references, richtext
from cohort.models import Membership
from cohort.search import words_of_file
from forums.models import Attachment, Post, Space
from forums.services import mentions

_ATTACHMENT = re.compile(r'"/c/[-\w]+/attachments/([0-9a-f-]{36})/"')


def html_of(text: str, space: Space, *, is_html: bool) -> str:
    """What somebody wrote for a space as HTML: from the editor, or typed as plain text."""
    if is_html:
        html = richtext.sanitize_post(text)
    else:
        html = richtext.from_plain(text, clean=richtext.sanitize_post)
    return mentions.link_typed_names(html, space)


def same_words(post: Post, html: str) -> bool:
    """Whether saving this HTML would leave the post as it is."""
    clean = richtext.sanitize_post(html)
    return mentions.read_mentions(clean, post.thread.space).html == post.body


def save_with_body(post: Post, html: str, *, space: Space, writer: Membership | None) -> None:
    """Save a post with what it says (HTML of whatever origin) and all that follows from it."""
    named = mentions.read_mentions(richtext.sanitize_post(html), space)
    post.body = named.html
    post.body_text = richtext.to_text(post.body)
    post.references = references.references_in(post.body, space.cohort.slug)
    files = list(_files_in(post, space, writer))
    post.attached_names = " ".join(words_of_file(file.name) for file in files)
    post.save()
    if files:
        Attachment.objects.filter(pk__in=[file.pk for file in files]).update(post=post)
    if named.members or named.teams or post.version > 1:
        mentions.keep_mentions(post, named)


def files_named(html: str) -> set[uuid.UUID]:
    """The keys of the files that sanitized HTML shows or links to."""
    return {uuid.UUID(pk) for pk in _ATTACHMENT.findall(html)}


def _files_in(post: Post, space: Space, writer: Membership | None) -> QuerySet[Attachment]:
    """The files in its text that are the writer's and in no post yet, or its own already."""
    pks = files_named(post.body)
    if not pks:
        return Attachment.objects.none()
    its_own = Q(post=post) if post.pk else Q(pk=None)
    new = Q(post=None, about_kind="", added_by=writer) if writer else Q(pk=None)
    files = Attachment.objects.filter(pk__in=pks, cohort_id=space.cohort_id)
    return files.filter(its_own | new).order_by("created_at", "pk")
