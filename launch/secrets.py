"""Secrets that are made once and kept in files only their owner may read."""

import os
import secrets
from pathlib import Path


def token() -> str:
    return secrets.token_hex(32)


def kept_secret(path: Path) -> str:
    """A secret made once and kept in a file that only its owner may read."""
    if not path.exists():
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        write_secret(draft, token())
        draft.rename(path)
    return path.read_text().strip()


def write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
