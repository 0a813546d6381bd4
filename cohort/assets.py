"""The browser's files: which CSS and JavaScript every page loads, and how they become one each.

While developing, pages load the parts as they lie in static/. `manage.py build_assets` makes one
stylesheet, one script and two small fonts of them, so that a first view costs few requests.
"""

import json
import re
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

BUNDLE_CSS = "css/cohort.css"
BUNDLE_JS = "js/cohort.js"
FONTS_CSS = "css/fonts.css"
DIALOGS = "components/dialogs.html"
FONTS = ("fonts/figtree.woff2", "fonts/newsreader.woff2")

_TOKENS_FIRST = ("css/tokens.css", "css/reset.css", "css/base.css", "css/layout.css")


def css_parts() -> list[str]:
    """Stylesheets in the order of the layers, as paths below static/."""
    components = sorted(_below("css/components", "*.css"))
    rest = [p for p in sorted(_below("css", "*.css")) if p not in _TOKENS_FIRST]
    return [*_TOKENS_FIRST, *components, *rest]


def js_parts() -> list[str]:
    """The modules that every page loads; what one page needs lies beside the folder `shell`."""
    return sorted(_below("js/shell", "*.js"))


def is_built() -> bool:
    """Whether pages should load the built files: never while developing."""
    return not settings.DEBUG and _was_built(BUNDLE_CSS)


def has_fonts() -> bool:
    return all(map(_was_built, FONTS))


def _was_built(path: str) -> bool:
    # In a container the collected files are there, and what they were built from is not.
    return any(
        (Path(folder) / path).exists() for folder in (settings.BUILD_DIR, settings.STATIC_ROOT)
    )


def _below(folder: str, pattern: str) -> list[str]:
    root = settings.BASE_DIR / "static"
    return [path.relative_to(root).as_posix() for path in (root / folder).glob(pattern)]


def build_css() -> str:
    parts = [_read(part) for part in css_parts()]
    if has_fonts():
        parts.append((settings.BUILD_DIR / FONTS_CSS).read_text("utf-8"))
    return squeeze_css("\n".join(parts))


def build_js() -> str:
    """One module; each part in a block of its own, so that their names do not meet.

    It brings the dialogs and words that scripts use: they are the same on every page, and of no
    use without scripts.
    """
    htmx = files("django_htmx").joinpath("static/django_htmx/htmx-2.min.js").read_text("utf-8")
    parts = [f"{{\n{squeeze_js(_read(part))}\n}}" for part in js_parts()]
    dialogs = json.dumps(render_to_string(DIALOGS).strip())
    brings = f'document.body.insertAdjacentHTML("beforeend",{dialogs})'
    return "\n".join([f"window.htmx=(()=>{{{htmx}\nreturn htmx}})();", brings, *parts])


def _read(part: str) -> str:
    return (settings.BASE_DIR / "static" / part).read_text("utf-8")


_CSS_TOKENS = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/|\s+""", re.DOTALL)


def squeeze_css(css: str) -> str:
    """Drop comments and the spaces that mean nothing; strings stay as they are."""
    css = _CSS_TOKENS.sub(lambda found: found[1] or " ", css)
    strings: list[str] = []

    def keep(found: re.Match[str]) -> str:
        strings.append(found[0])
        return f"\0{len(strings) - 1}\0"

    css = re.sub(r""""[^"]*"|'[^']*'""", keep, css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css).replace(";}", "}")
    css = re.sub(r"(?<=[a-z-]): ", ":", css)
    return re.sub(r"\0(\d+)\0", lambda found: strings[int(found[1])], css).strip() + "\n"


def squeeze_js(js: str) -> str:
    """Drop whole-line comments and indentation, which is all that is safe without a parser."""
    lines = (line.strip() for line in js.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
