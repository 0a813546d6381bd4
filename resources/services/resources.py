"""What happens in the library."""

import uuid
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cohort import audit, richtext
from cohort.files import CheckedFile, stored
from cohort.models import Audience, Membership, Theme
from cohort.references import linked_in
from cohort.services.tags import tags_named
from forums.services import discard_files_about
from resources.languages import USUAL
from resources.models import FileVersion, Resource
from resources.services.comments import move_discussion
from resources.services.versions import (
    discard_files_of,
    keep_page,
    keep_version,
    write_page,
)

# What `edit_resource` changes.
SAID = [
    "title", "kind", "url", "audience", "team", "is_public", "description", "description_text",
    "references", "used_for", "made_by", "language", "alt", "captions", "updated_at",
]  # fmt: skip


def add_resource(
    *,
    added_by: Membership,
    title: str,
    kind: str,
    themes: Iterable[Theme],
    file: CheckedFile | None = None,
    url: str = "",
    page: str = "",
    tags: Iterable[str] = (),
    description: str = "",
    used_for: str = "",
    audience: str = Audience.COHORT,
    is_public: bool = False,
    made_by: str = "",
    language: str = USUAL,
    alt: str = "",
    captions: str = "",
    form_key: uuid.UUID | None = None,
) -> Resource:
    """Put a file, a link or a page (as sanitized HTML) into the library of a member's cohort.

    The same `form_key` twice gives the first resource. Raises NotStored, with nothing kept.
    """
    if form_key and (already := _sent_before(added_by, form_key)):
        return already
    resource = Resource(
        cohort=added_by.cohort,
        added_by=added_by,
        title=title,
        kind=kind,
        url="" if file or page else url,
        audience=audience,
        team=added_by.team if audience == Audience.TEAM else None,
        is_public=is_public,
        made_by=made_by,
        language=language,
        alt=alt,
        captions=captions,
        form_key=form_key,
        **_texts(description, used_for),
    )
    resource.references = linked_from(resource, page)
    try:
        with ExitStack() as around:
            path = around.enter_context(stored(file, FileVersion)) if file else ""
            around.enter_context(transaction.atomic())
            resource.save()
            if file:
                keep_version(resource, added_by, file, path)
            elif page:
                keep_page(resource, added_by, page)
            resource.themes.set(list(themes))
            resource.tags.set(tags_named(added_by.cohort, tags))
    except IntegrityError:
        if form_key and (already := _sent_before(added_by, form_key)):
            return already
        raise
    return resource


@transaction.atomic
def edit_page(
    *, resource: Resource, editor: Membership, html: str, version: int, **said: Any
) -> Resource:
    """Write a page anew and change what is said of it, as `write_page` and `edit_resource` do.

    Raises WrittenMeanwhile, with neither changed.
    """
    write_page(resource=resource, writer=editor, html=html, version=version)
    return edit_resource(resource=resource, editor=editor, **said)


def _sent_before(member: Membership, form_key: uuid.UUID) -> Resource | None:
    return Resource.objects.filter(added_by=member, form_key=form_key).first()


def edit_resource(
    *,
    resource: Resource,
    editor: Membership,
    title: str,
    kind: str,
    themes: Iterable[Theme],
    url: str = "",
    tags: Iterable[str] = (),
    description: str = "",
    used_for: str = "",
    audience: str = Audience.COHORT,
    is_public: bool = False,
    made_by: str = "",
    language: str = USUAL,
    alt: str = "",
    captions: str = "",
) -> Resource:
    """Change what is said about a resource and for whom it is; its discussion goes along.

    Its file stays as it is, also where somebody else replaced it since the resource was read.
    """
    resource.title = title
    resource.kind = kind
    resource.url = url if resource.is_link else ""
    resource.audience = audience
    if audience == Audience.TEAM:
        resource.team = resource.team or editor.team
    else:
        resource.team = None
    resource.is_public = is_public
    resource.made_by, resource.language = made_by, language
    resource.alt, resource.captions = alt, captions
    for field, text in _texts(description, used_for).items():
        setattr(resource, field, text)
    page = resource.current_page.html if resource.current_page else ""
    resource.references = linked_from(resource, page)
    resource.updated_at = timezone.now()
    with transaction.atomic():
        resource.save(update_fields=SAID)
        move_discussion(resource, editor)
        resource.themes.set(list(themes))
        resource.tags.set(tags_named(resource.cohort, tags))
    return resource


@transaction.atomic
def remove_resource(*, resource: Resource, actor: Membership) -> None:
    """Delete a resource, every version with it; the bytes once the rows are gone for good."""
    if resource.added_by_id != actor.pk:
        audit.record(
            "resource.remove",
            subject=resource.title,
            actor=actor,
            cohort=resource.cohort,
            resource=resource.pk,
            added_by=resource.added_by_id,
        )
    discard_files_of(resource.versions.all())
    discard_files_about(resource.reference)
    resource.delete()


def count_download(resource: Resource) -> None:
    Resource.objects.filter(pk=resource.pk).update(download_count=F("download_count") + 1)


def linked_from(resource: Resource, page: str) -> list[str]:
    """References of what it links to, in what is said of it or, for a page, in its HTML."""
    return linked_in(resource.description + page, resource.cohort.slug)


def _texts(description: str, used_for: str) -> dict[str, str]:
    html = richtext.from_plain(description)
    return {
        "description": html,
        "description_text": richtext.to_text(html),
        "used_for": used_for.strip(),
    }
