"""The page and the table that tell what is in an archive."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape

from cohort import csvs
from cohort.models import Cohort
from resources.models import Resource
from resources.taking.lines import Line

# Not translated: programs read them.
HEADER = (
    "title", "kind", "themes", "tags", "added by", "team", "for", "added", "changed", "what it is",
    "how we used it", "path", "missing", "file", "type", "version", "bytes", "sha256", "link",
    "address", "why it is here",
)  # fmt: skip


def index_page(
    title: str, cohort: Cohort, lines: Sequence[Line], at: datetime, *, in_order: bool = False
) -> str:
    """A page that needs nothing but itself: no script, nothing from elsewhere.

    By kind, or `in_order` as the lines come.
    """
    by_kind = groupby(lines, key=lambda line: "" if in_order else line.kind)
    folders = [
        {"kind": kind, "lines": [(line, quote(line.path)) for line in group]}
        for kind, group in by_kind
    ]
    context = {
        "title": title,
        "cohort": cohort,
        "folders": folders,
        "count": len(lines),
        "missing": [line for line in lines if line.is_missing],
        "at": at,
    }
    return render_to_string("resources/taking/index.html", context)


def written_page(resource: Resource, line: Line, pictures: Mapping[str, str]) -> str:
    """A page that was written here, to be opened as a file.

    `pictures` says by their addresses what their files beside it are called. Links lead to the
    site.
    """
    page = resource.current_page
    html = page.html if page else ""
    for address, name in pictures.items():
        html = html.replace(f'<img src="{address}"', f'<img src="{quote(name)}"')
    html = html.replace('<a href="/', f'<a href="{escape(settings.BASE_URL)}/')
    context = {"resource": resource, "page": page, "html": html, "line": line}
    return render_to_string("resources/taking/page.html", context)


def table(lines: Sequence[Line]) -> str:
    """As CSV, for spreadsheets: in UTF-8 and saying so."""
    return "\ufeff" + csvs.write(HEADER, map(_cells, lines))


def _cells(line: Line) -> list[object]:
    return [
        line.title, line.kind, line.themes, line.tags, line.added_by, line.team, line.audience,
        _moment(line.added_at), _moment(line.changed_at), line.description, line.used_for,
        line.path, "yes" if line.is_missing else "", line.file, line.type, line.version, line.size,
        line.sha256, line.link, line.address, line.note,
    ]  # fmt: skip


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes")
