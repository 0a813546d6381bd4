"""Private files lie under random names; what people call them is kept in the database."""

import secrets
from typing import Any


def random_name(instance: Any, filename: str) -> str:
    """A storage path that tells nothing: `<model>/<2 characters>/<40 characters>`."""
    token = secrets.token_hex(20)
    return f"{instance._meta.model_name}/{token[:2]}/{token}"
