"""What a browser says of itself, in words people know."""

from django.utils.translation import gettext as _

# Most specific first: every browser also claims to be others.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("CriOS", "Chrome"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Say “Firefox on Windows” for a browser's own long description of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), _("Browser"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if not system:
        return str(browser)
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
