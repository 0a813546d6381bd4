"""Resources of a list as markup. Put together here rather than in a template, like threads."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohort.models import Audience, Cohort
from cohort.richtext import excerpt
from forums.queries.times import Clock
from resources.models import FileVersion, Resource
from resources.queries.lines import Line

register = template.Library()

THEMES_SHOWN = 3
LETTERS = 180


@register.simple_tag(takes_context=True)
def resource_rows(context: Context, lines: Iterable[Line], *, takes: bool = False) -> SafeString:
    """Lines of resources in the page's cohort; with `takes` each can be ticked for the form `take`.

    A resource that a search found shows its `headline`.
    """
    shaper = _Shaper(context["cohort"], takes=takes)
    return SafeString("\n".join(shaper.row(line) for line in lines))


@register.simple_tag(takes_context=True)
def resource_row(context: Context, line: Line) -> SafeString:
    """A single one."""
    return resource_rows(context, [line])


class _Shaper:
    """Words that come again are looked up once a page."""

    def __init__(self, cohort: Cohort, *, takes: bool) -> None:
        self.listed = reverse("resources:resource_list", args=[cohort.slug])
        self.takes = takes
        self.clock = Clock()
        self.kinds = {value: escape(label) for value, label in Resource.Kind.choices}
        self.link, self.page = escape(_("link")), escape(_("page"))
        self.gone = escape(_("Former member"))
        self.tick = _("Take along: %(title)s")

    def row(self, line: Line) -> str:
        file = line.file
        sort, shown = self._sort(line, file)
        side = f"{self.clock.ago(line.created_at)}{self._tick(line)}"
        return (
            f'<li class="row"><span class="row__lead file__kind file__kind--{sort}" '
            f'aria-hidden="true">{shown}</span><div class="row__body">'
            f'<h2 class="row__title"><a class="cover" href="{self.listed}{line.pk}/">'
            f"{escape(line.title)}</a></h2>{self._text(line)}"
            f'<p class="meta">{self._marks(line)}{self._facts(line, file)}</p></div>'
            f'<span class="row__side">{side}</span></li>'
        )

    def _sort(self, line: Line, file: FileVersion | None) -> tuple[str, str]:
        """What it is: as the style sheet knows it, and in a word."""
        if file:
            extension = escape(file.extension)
            return extension, extension
        return ("page", self.page) if line.is_page else ("link", self.link)

    def _text(self, line: Line) -> str:
        text = line.headline or escape(excerpt(line.text, LETTERS))
        return f'<p class="row__text">{text}</p>' if text else ""

    def _marks(self, line: Line) -> str:
        marks = ""
        if line.audience == Audience.TEAM:
            words = _("%(team)s only") % {"team": line.team}
            marks = f'<span class="badge">{escape(words)}</span>'
        elif line.audience == Audience.FACILITATORS:
            marks = f'<span class="badge badge--warn">{escape(_("Facilitators only"))}</span>'
        chips = (
            f'<span class="chip chip--line hue-{color}">{escape(name)}</span>'
            for color, name in line.themes[:THEMES_SHOWN]
        )
        return marks + "".join(chips)

    def _facts(self, line: Line, file: FileVersion | None) -> str:
        if file:
            what = f"{file.type_name}, {filesizeformat(file.size)}"
        else:
            what = _("Page") if line.is_page else line.site
        who = self.gone
        if line.adder:
            name, team = line.adder
            who = escape(f"{name}, {team}" if team else name)
        facts = [self.kinds[line.kind], escape(what), who]
        if helped := line.helpful_count:
            words = ngettext("helped %(n)d person", "helped %(n)d people", helped)
            facts.append(escape(words % {"n": helped}))
        return "".join(f"<span>{fact}</span>" for fact in facts)

    def _tick(self, line: Line) -> str:
        if not self.takes:
            return ""
        return (
            f'<label class="row__tick"><input type="checkbox" name="r" value="{line.pk}" '
            'form="take"><span class="visually-hidden">'
            f"{escape(self.tick % {'title': line.title})}</span></label>"
        )
