"""What people call their files, made safe to show, to send in a header and to unpack anywhere."""

import re
import unicodedata

from cohort.files.types import KNOWN_EXTENSIONS, FileType

MOST_BYTES = 180  # of UTF-8; file systems stop at 255
_JOINERS = "\u200c\u200d"  # part of the spelling of words and emoji, unlike all other controls
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def extension_of(name: str) -> str:
    """The claimed extension in lower case, without its dot; empty if there is none."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def clean_name(name: str, kind: FileType) -> str:
    """The last part of a file's name, without controls, with the extension its content deserves.

    Bidirectional overrides go too: they make `gpj.exe` read as `exe.jpg`.
    """
    last = re.split(r"[/\\]", name)[-1]
    stem, extension = _split(_printable(last), kind)
    stem = _NOT_IN_NAMES.sub("-", stem).strip(" .") or "file"
    if _WINDOWS_DEVICES.match(stem):
        stem = f"_{stem}"
    return f"{_cut(stem, MOST_BYTES - len(extension) - 1)}.{extension}"


def clean_folder(name: str) -> str:
    """A folder's name that every file system takes."""
    name = _NOT_IN_NAMES.sub("-", re.sub(r"[/\\]", "-", _printable(name))).strip(" .")
    if _WINDOWS_DEVICES.match(name):
        name = f"_{name}"
    return _cut(name, MOST_BYTES // 2)


def _printable(name: str) -> str:
    kept = (
        char if char in _JOINERS or unicodedata.category(char)[0] not in "CZ" else _space(char)
        for char in unicodedata.normalize("NFC", name)
    )
    return " ".join("".join(kept).split())


def _space(char: str) -> str:
    """Kinds of white space become a space; what is left of controls becomes nothing."""
    return " " if char.isspace() else ""


def _split(name: str, kind: FileType) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not dot:
        return name, kind.extension
    if extension.lower() in kind.extensions:
        return stem, extension.lower()
    # `photo.png` that is a JPEG is renamed; `budget.v2` keeps its own ending as a part of the name.
    return (stem if extension.lower() in KNOWN_EXTENSIONS else name), kind.extension


def _cut(stem: str, most: int) -> str:
    return stem.encode()[:most].decode(errors="ignore").strip(" .\u200d") or "file"
