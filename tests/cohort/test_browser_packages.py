"""Browser code from npm: locked, bundled once, and nobody's trouble where Node cannot be had."""

import json

import pytest

from cohort import browser_packages


def test_the_lock_has_a_hash_for_each_package_and_names_no_registry():
    lock = json.loads((browser_packages.RECIPE / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert {"node_modules/yjs", "node_modules/lib0", "node_modules/esbuild"} <= set(packages)
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_a_bundle_of_this_recipe_is_kept(tmp_path, monkeypatch):
    target = tmp_path / "js" / "yjs.js"
    target.parent.mkdir()
    target.write_text(f"// {browser_packages._digest()}\nexport {{}}")
    monkeypatch.setattr(browser_packages, "_run", lambda *_args: pytest.fail("built anew"))

    browser_packages.build(target)


def test_without_node_and_the_network_it_says_why_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(browser_packages.shutil, "which", lambda _name: None)
    monkeypatch.setattr(browser_packages.sys, "executable", "/nowhere/python")

    with pytest.raises(browser_packages.NotBuilt, match="python"):
        browser_packages.build(tmp_path / "js" / "yjs.js")
    assert not (tmp_path / "js").exists()
