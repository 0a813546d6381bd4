"""What the page shells are made of: files to load, icons, the places of the cohort."""

from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.db.models import F
from django.forms import BaseForm
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cohort import assets
from cohort.browsers import browser_name
from cohort.icons import IN_STYLESHEET, drawing
from cohort.models import Membership
from cohort.templatetags.cohort import hue, initials

register = template.Library()
register.filter(browser_name)


@register.simple_tag
def stylesheets() -> SafeString:
    """The one built stylesheet and its fonts, or the parts while developing."""
    return _stylesheets.__wrapped__() if settings.DEBUG else _stylesheets()


@register.simple_tag
def scripts() -> SafeString:
    """htmx and the small elements of every page: one built module, or its parts."""
    return _scripts.__wrapped__() if settings.DEBUG else _scripts()


@cache
def _stylesheets() -> SafeString:
    has_fonts = assets.has_fonts()
    fonts_css = [assets.FONTS_CSS] if has_fonts else []
    parts = [assets.BUNDLE_CSS] if assets.is_built() else [*assets.css_parts(), *fonts_css]
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(part),) for part in parts)
    )


@cache
def _scripts() -> SafeString:
    if assets.is_built():
        return format_html('<script type="module" src="{}"></script>', static(assets.BUNDLE_JS))
    parts = format_html_join(
        "\n",
        '<script type="module" src="{}"></script>',
        ((static(part),) for part in assets.js_parts()),
    )
    htmx = format_html('<script src="{}" defer></script>', static("django_htmx/htmx-2.min.js"))
    return format_html("{}\n{}", htmx, parts)


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """An icon that says nothing a reader of text would miss: `{% icon "calendar" %}`."""
    return _icon(str(name), str(css_class))


@cache
def _icon(name: str, css_class: str) -> SafeString:
    if name in IN_STYLESHEET:
        classes = f"icon icon--{name} {css_class}".strip()
        return format_html('<i class="{}" aria-hidden="true"></i>', classes)
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>',
        f"icon {css_class}".strip(),
        drawing(name),
    )


@register.simple_tag
def avatar(person: Any, css_class: str = "") -> SafeString:
    """A person's picture or initials, for a user or a membership.

    `{% avatar member "avatar--small" %}`
    """
    user = getattr(person, "user", person)
    if user.photo and (url := _photo_url(user.pk)):
        return format_html(
            '<img class="avatar {}" src="{}" alt="" width="40" height="40" loading="lazy">',
            css_class,
            url,
        )
    classes = f"avatar avatar--{hue(user)} {css_class}".rstrip()
    return format_html(
        '<span aria-hidden="true" class="{}">{}</span>', classes, initials(user.name)
    )


def _photo_url(user_pk: int) -> str:
    try:
        return reverse("cohort:photo", args=[user_pk])
    except NoReverseMatch:
        return ""


# key, name, icon, where it leads, apps whose pages belong to it
PLACES = (
    ("home", _("Home"), "house", "home:home"),
    ("sessions", _("Sessions"), "calendar-days", "sessions:session_list"),
    ("discussions", _("Discussions"), "messages-square", "forums:thread_list"),
    ("library", _("Library"), "library-big", "resources:resource_list"),
    ("people", _("People"), "users", "cohort:people"),
    ("teams", _("Teams"), "handshake", "cohort:team_list"),
    ("console", _("Console"), "gauge", "facilitation:console"),
)
_SECTION_OF_APP = {
    "home": "home",
    "sessions": "sessions",
    "learning_sessions": "sessions",
    "forums": "discussions",
    "resources": "library",
    "facilitation": "console",
}


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> dict[str, Any]:
    """The cohort the page stands in, and its places for the rail and the bottom bar.

    A page says where it belongs with `nav_section`; otherwise its app does. Pages outside a
    cohort (profile, sign-in and security) keep the one the person was in last.
    """
    request = context["request"]
    membership = context.get("membership") or _last_visited(request)
    if membership is None:
        return {"cohort": None, "membership": None, "places": []}
    current = context.get("nav_section") or _section(request)
    places = [
        {
            "key": key,
            "name": name,
            "icon": symbol,
            "url": url,
            "current": _aria(key, current, url, request),
        }
        for key, name, symbol, route in PLACES
        if key != "console" or membership.is_facilitator
        if (url := _reverse(route, membership.cohort.slug))
    ]
    return {"cohort": membership.cohort, "membership": membership, "places": places}


def _last_visited(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    memberships = Membership.objects.active().filter(user_id=request.user.pk)
    return (
        memberships.select_related("cohort")
        .order_by(F("last_seen_at").desc(nulls_last=True), "-pk")
        .first()
    )


def _section(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    if match.app_name == "cohort":
        name = match.url_name or ""
        return (
            "teams"
            if name.startswith("team")
            else "people"
            if name.startswith(("people", "person", "member"))
            else ""
        )
    return _SECTION_OF_APP.get(match.app_name, "")


def _aria(key: str, current: str, url: str, request: HttpRequest) -> str:
    if key != current:
        return ""
    return "page" if request.path == url else "true"


def _reverse(route: str, slug: str) -> str:
    try:
        return reverse(route, args=[slug])
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def fills(context: template.Context, block: str) -> bool:
    """Whether the page fills a block of the shell; asked by the shell, before that block."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    return blocks is not None and len(blocks.blocks[block]) > 1


@register.simple_tag
def link_to(route: str, *args: Any) -> str:
    """An address, or nothing where this installation has no such page."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


@register.filter
def as_attributes(attrs: dict[str, Any]) -> SafeString:
    """A widget's attributes, as Django's own template writes them in ten times as long."""
    return flatatt({name: value for name, value in attrs.items() if value is not None})


@register.filter
def as_options(optgroups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """What a widget's select holds. A template for each option takes 0.1 s for the time zones."""
    groups = ((_options(group, options),) for group, options, _index in optgroups)
    return format_html_join("\n", "{}", groups)


def _options(group: str | None, options: list[dict[str, Any]]) -> SafeString:
    lines = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((str(one["value"]), flatatt(one["attrs"]), one["label"]) for one in options),
    )
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', group, lines) if group else lines


@register.simple_tag
def constant(template_name: str) -> SafeString:
    """A part that reads the same on every page: made once for each language.

    It knows nothing of the page, neither who reads it nor what is on it.
    """
    language = get_language()
    return (
        _constant.__wrapped__(template_name, language)
        if settings.DEBUG
        else _constant(template_name, language)
    )


@register.simple_tag
def dialogs() -> SafeString:
    """The dialogs and words that scripts use: part of the page only where no script brings them."""
    return SafeString("") if assets.is_built() else constant(assets.DIALOGS)


@cache
def _constant(template_name: str, _language: str) -> SafeString:
    return render_to_string(template_name)


@register.filter
def error_fields(form: BaseForm) -> list[Any]:
    """The fields with errors, for the summary at the top of a form."""
    return [field for field in form if field.errors]


# name, where it leads, the beginning of the names of the routes that belong to it
ACCOUNT_PAGES = (
    (_("Email address"), "account_email", "account_email"),
    (_("Password"), "account_change_password", ("account_change_password", "account_set_password")),
    (_("Two-step sign-in"), "mfa_index", "mfa_"),
    (_("Devices"), "usersessions_list", "usersessions_"),
    (_("Connected accounts"), "socialaccount_connections", "socialaccount_"),
)


@register.simple_tag(takes_context=True)
def account_pages(context: template.Context) -> list[dict[str, Any]]:
    """The pages about signing in, the one that is open marked."""
    match = context["request"].resolver_match
    here = match.url_name or "" if match else ""
    providers = settings.SOCIALACCOUNT_PROVIDERS.values()
    pages = ACCOUNT_PAGES if any(each["APPS"] for each in providers) else ACCOUNT_PAGES[:-1]
    return [
        {"name": name, "url": reverse(route), "current": here.startswith(prefix)}
        for name, route, prefix in pages
    ]
