import pytest
from django.core.management import call_command

from cohort import assets


@pytest.mark.parametrize(
    ("css", "squeezed"),
    [
        ("a {\n  color : red;\n}\n", "a{color : red}\n"),
        ("/* why */\na { margin: 0 auto; }", "a{margin:0 auto}\n"),
        ('a::after { content: "  · /* kept */ ; "; }', 'a::after{content:"  · /* kept */ ; "}\n'),
        ("a > b + c { inset: calc(1px + 2px) }", "a > b + c{inset:calc(1px + 2px)}\n"),
        ("a { &:hover { b: c } :is(d) e { f: g } }", "a{&:hover{b:c}:is(d) e{f:g}}\n"),
    ],
)
def test_squeeze_css_drops_only_what_means_nothing(css, squeezed):
    assert assets.squeeze_css(css) == squeezed


def test_squeeze_js_drops_comment_lines_and_indentation():
    js = '// why\nconst a = {\n  url: "https://x", // stays\n}\n'

    assert assets.squeeze_js(js) == 'const a = {\nurl: "https://x", // stays\n}'


def test_css_parts_name_the_layers_first_and_miss_no_file(settings):
    parts = assets.css_parts()

    folder = settings.BASE_DIR / "static" / "css"
    every = {f"css/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.css")}
    assert parts[0] == "css/tokens.css"
    assert len(parts) == len(set(parts))
    # The page for a broken server loads its own file alone.
    assert every - set(parts) == {"css/alone/error.css"}


def test_no_part_loads_a_file_by_its_place():
    """Parts lie in two folders and end up in one file: a relative address would break in one."""
    for part in assets.css_parts():
        css = assets.squeeze_css(assets._read(part)).replace('url("data:', "")
        assert "url(" not in css, part


def test_build_assets_is_small_enough_and_makes_nothing_twice(settings, tmp_path):
    settings.BUILD_DIR = tmp_path
    call_command("build_assets", verbosity=0)
    made = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    call_command("build_assets", verbosity=0)

    assert made == {path: path.stat().st_mtime_ns for path in made}
    sizes = {path.relative_to(tmp_path).as_posix(): path.stat().st_size for path in made}
    assert set(sizes) == {
        "css/cohort.css",
        "css/fonts.css",
        "fonts/figtree-italic.woff2",
        "fonts/figtree.woff2",
        "fonts/newsreader.woff2",
        "js/cohort.js",
        "js/yjs.js",
    }
    assert sizes["fonts/figtree.woff2"] <= 30_000
    assert sizes["fonts/newsreader.woff2"] <= 45_000
    assert (tmp_path / "css/cohort.css").read_text().count("@font-face") == 5
