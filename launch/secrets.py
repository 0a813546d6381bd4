"""Secrets that are made once and kept in files only their owner may read."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

# How many points P-256 has (NIST SP 800-186 §3.2.1.3).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def token() -> str:
    return secrets.token_hex(32)


def curve_key() -> str:
    """A private key on the curve P-256, as VAPID_PRIVATE_KEY takes it (RFC 7518 §6.2.2)."""
    number = secrets.randbelow(P256_ORDER - 1) + 1
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def kept_secret(path: Path, make: Callable[[], str] = token) -> str:
    """A secret made once and kept in a file that only its owner may read."""
    if not path.exists():
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        write_secret(draft, make())
        draft.rename(path)
    return path.read_text().strip()


def write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
