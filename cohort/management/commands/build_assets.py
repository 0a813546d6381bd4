"""Make the small web fonts, the one stylesheet and the one script that pages load."""

import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from cohort import assets, browser_packages

# Latin with the accents of Western and Central European and Spanish names, and what type needs.
LATIN = "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC"
MARKS = "U+2009,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2032-2033,U+2039-203A,U+2044"
SIGNS = "U+20AC,U+2122,U+2190-2193,U+2197,U+2212,U+2260,U+2264-2265,U+2713"
UNICODES = f"{LATIN},{MARKS},{SIGNS}"
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]

FIGTREE = {"wght": (400, 700)}
NEWSREADER = {"wght": 500, "opsz": 30}
# name, package, source, family, style, weights as CSS says them, axes kept or pinned
FONTS: list[tuple[str, str, str, str, str, str, dict[str, Any]]] = [
    ("figtree", "figtree", "Figtree[wght]", "Figtree", "normal", "400 700", FIGTREE),
    ("figtree-italic", "figtree", "Figtree-Italic[wght]", "Figtree", "italic", "400 700", FIGTREE),
    (
        "newsreader",
        "newsreader",
        "Newsreader[opsz,wght]",
        "Newsreader",
        "normal",
        "400 600",
        NEWSREADER,
    ),
]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--force", action="store_true", help="make the fonts again")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        logging.getLogger("fontTools").setLevel(logging.WARNING)
        build = Path(settings.BUILD_DIR)
        faces = [make_font(build / "fonts", *font, force=force) for font in FONTS]
        write(build / assets.FONTS_CSS, "".join(faces))
        write(build / assets.BUNDLE_CSS, assets.build_css())
        write(build / assets.BUNDLE_JS, assets.build_js())
        try:
            browser_packages.build(build / browser_packages.YJS)
        except browser_packages.NotBuilt as error:
            self.stderr.write(f"Shared notes open as a plain form: {error}")
        if options["verbosity"]:
            self.stdout.write("Built fonts, stylesheet and script.")


def make_font(
    folder: Path,
    name: str,
    package: str,
    source: str,
    family: str,
    style: str,
    weight: str,
    axes: dict[str, Any],
    *,
    force: bool,
) -> str:
    """Write a subset web font unless it is there, and return its @font-face rule."""
    target = folder / f"{name}.woff2"
    if force or not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        font = TTFont(str(files(f"fontpkg_{package}").joinpath("files", f"{source}.ttf")))
        options = subset.Options(layout_features=FEATURES)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(UNICODES))
        subsetter.subset(font)
        instancer.instantiateVariableFont(font, axes, inplace=True)
        font.flavor = "woff2"
        unfinished = target.with_suffix(".part")
        font.save(unfinished)
        unfinished.replace(target)
    return (
        f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};'
        f'font-display:swap;src:url("../fonts/{name}.woff2") format("woff2")}}\n'
    )


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
