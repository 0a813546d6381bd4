"""Icons as one path each: a page carries two dozen, and each shape less is an element less.

Those of the shell are on every page. They stand in the stylesheet, which browsers keep, as masks;
the others are drawn in the page.
"""

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from lucide import _load_icon

IN_STYLESHEET = frozenset(
    {
        "bell", "bell-off", "bell-ring", "calendar-days", "chevron-down", "ellipsis", "gauge",
        "handshake", "house", "inbox", "key-round", "library-big", "log-out", "mail",
        "messages-square", "search", "settings", "user-round", "users", "x",
    }
)  # fmt: skip
_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
_START = re.compile(rf"m\s*({_NUMBER})[\s,]*({_NUMBER})\s*(.*)", re.DOTALL)


def drawing(name: str) -> str:
    """The path data of a Lucide icon, all of its shapes in one.

    Raises lucide.IconDoesNotExist.
    """
    return "".join(
        _OUTLINES[str(getattr(shape.tag, "text", shape.tag))](shape.attrib)
        for shape in _shapes(_load_icon(name))
    )


def stylesheet() -> str:
    """What `static/css/components/icons.css` holds; `manage.py build_icons` writes it there."""
    rules = "\n".join(
        f'  .icon--{name} {{ --drawing: url("{_data_url(name)}"); }}'
        for name in sorted(IN_STYLESHEET)
    )
    return (
        "/* The shell's icons, written by `manage.py build_icons` from cohort/icons.py. */\n"
        f"@layer components {{\n{rules}\n}}\n"
    )


def _data_url(name: str) -> str:
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' "
        "fill='none' stroke='black' stroke-width='1.75' stroke-linecap='round' "
        f"stroke-linejoin='round'%3E%3Cpath d='{drawing(name)}'/%3E%3C/svg%3E"
    )


def _shapes(svg: Element) -> list[Element]:
    return [
        shape for shape in svg.iter() if str(getattr(shape.tag, "text", shape.tag)) in _OUTLINES
    ]


def _path(shape: Mapping[str, str]) -> str:
    # A path may begin with a relative move, which another shape before it would displace.
    start = _START.fullmatch(shape["d"].strip())
    if start is None:
        return shape["d"]
    x, y, rest = start.groups()
    is_line = rest[:1].isdigit() or rest[:1] in {"-", "."}
    return f"M{x} {y}{'l' if is_line else ''}{rest}"


def _circle(shape: Mapping[str, str]) -> str:
    x, y, r = (float(shape[key]) for key in ("cx", "cy", "r"))
    return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0"


def _rect(shape: Mapping[str, str]) -> str:
    x, y, width, height = (float(shape.get(key, 0)) for key in ("x", "y", "width", "height"))
    r = float(shape.get("rx", 0))
    across, down = width - 2 * r, height - 2 * r
    corner = f"a{r:g} {r:g} 0 0 1"
    return (
        f"M{x + r:g} {y:g}h{across:g}{corner} {r:g} {r:g}v{down:g}{corner} {-r:g} {r:g}"
        f"h{-across:g}{corner} {-r:g} {-r:g}v{-down:g}{corner} {r:g} {-r:g}z"
    )


def _line(shape: Mapping[str, str]) -> str:
    return f"M{shape['x1']} {shape['y1']}L{shape['x2']} {shape['y2']}"


def _polyline(shape: Mapping[str, str]) -> str:
    return f"M{shape['points']}"


_OUTLINES: dict[str, Callable[[Mapping[str, str]], str]] = {
    "path": _path,
    "circle": _circle,
    "rect": _rect,
    "line": _line,
    "polyline": _polyline,
}
