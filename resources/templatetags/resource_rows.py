"""Resources of a list as markup. Put together here rather than in a template, like threads."""

from collections.abc import Iterable

from django import template
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Audience
from cohort.richtext import excerpt
from forums.queries.times import Clock
from resources.models import Resource

register = template.Library()

THEMES_SHOWN = 3
LETTERS = 180


@register.simple_tag
def resource_rows(resources: Iterable[Resource], *, takes: bool = False) -> SafeString:
    """Lines for resources from `with_rows()`; with `takes` each can be ticked for the form `take`.

    A resource that a search found shows its `headline`.
    """
    shaper = _Shaper(takes=takes)
    return SafeString("\n".join(shaper.row(resource) for resource in resources))


@register.simple_tag
def resource_row(resource: Resource) -> SafeString:
    """The line of a single one."""
    return resource_rows([resource])


class _Shaper:
    """Words that come again are looked up once a page."""

    def __init__(self, *, takes: bool) -> None:
        self.takes = takes
        self.clock = Clock()
        self.kinds = {value: escape(label) for value, label in Resource.Kind.choices}
        self.link, self.page = escape(_("link")), escape(_("page"))
        self.gone = escape(_("Former member"))
        self.listed = ""

    def row(self, resource: Resource) -> str:
        sort, shown = self._sort(resource)
        return (
            f'<li class="row"><span class="row__lead file__kind file__kind--{sort}" '
            f'aria-hidden="true">{shown}</span><div class="row__body">'
            f'<h2 class="row__title"><a class="cover" href="{self._url(resource)}">'
            f"{escape(resource.title)}</a></h2>{self._text(resource)}"
            f'<p class="meta">{self._marks(resource)}{self._facts(resource)}</p></div>'
            f'<span class="row__side">{self.clock.ago(resource.created_at)}'
            f"{self._tick(resource)}</span></li>"
        )

    def _sort(self, resource: Resource) -> tuple[str, str]:
        """What it is: as the style sheet knows it, and in a word."""
        if version := resource.current_version:
            extension = escape(version.extension)
            return extension, extension
        return ("page", self.page) if resource.is_page else ("link", self.link)

    def _url(self, resource: Resource) -> str:
        if not self.listed:
            self.listed = reverse("resources:resource_list", args=[resource.cohort.slug])
        return f"{self.listed}{resource.pk}/"

    def _text(self, resource: Resource) -> str:
        text = getattr(resource, "headline", "") or escape(
            excerpt(resource.description_text, LETTERS)
        )
        return f'<p class="row__text">{text}</p>' if text else ""

    def _marks(self, resource: Resource) -> str:
        marks = ""
        if resource.audience == Audience.TEAM:
            words = _("%(team)s only") % {"team": resource.team}
            marks = f'<span class="badge">{escape(words)}</span>'
        elif resource.audience == Audience.FACILITATORS:
            marks = f'<span class="badge badge--warn">{escape(_("Facilitators only"))}</span>'
        themes = resource.theme_list[:THEMES_SHOWN]  # type: ignore[attr-defined]
        chips = (
            f'<span class="chip chip--line hue-{theme["color"]}">{escape(theme["name"])}</span>'
            for theme in themes
        )
        return marks + "".join(chips)

    def _facts(self, resource: Resource) -> str:
        version, adder = resource.current_version, resource.added_by
        if version:
            what = f"{version.type_name}, {filesizeformat(version.size)}"
        else:
            what = _("Page") if resource.is_page else resource.site
        who = self.gone
        if adder:
            who = escape(f"{adder}, {adder.team}" if adder.team else str(adder))
        facts = [self.kinds[resource.kind], escape(what), who]
        if helped := resource.helpful_count:
            facts.append(escape(ngettext("helped %(n)d", "helped %(n)d", helped) % {"n": helped}))
        return "".join(f"<span>{fact}</span>" for fact in facts)

    def _tick(self, resource: Resource) -> str:
        if not self.takes:
            return ""
        return format_html(
            '<label class="row__tick"><input type="checkbox" name="r" value="{}" form="take">'
            '<span class="visually-hidden">{}</span></label>',
            resource.pk,
            _("Take along: %(title)s") % {"title": resource.title},
        )
