"""Private files lie under random names; what people call them is kept in the database."""

import secrets
from typing import Any

SPOOLED = 1024 * 1024  # what is read from a bucket stays in memory up to here, then on disk


def bucket(name: str, *, endpoint: str | None = None, region: str | None = None) -> dict[str, Any]:
    """An entry of STORAGES: a private bucket of any store that speaks S3.

    No access lists, which new buckets refuse; signatures of version 4, which all stores take;
    addresses by path where the endpoint is one's own. A store that is away is given up on while
    somebody still waits for the page.
    """
    from botocore.config import Config  # only here: it is large, and most sites need none

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "endpoint_url": endpoint,
            "region_name": region,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 60,
            "max_memory_size": SPOOLED,
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=20,
                retries={"total_max_attempts": 2},
                s3={"addressing_style": "path" if endpoint else "auto"},
            ),
        },
    }


def random_name(instance: Any, filename: str) -> str:
    """A storage path that tells nothing: `<model>/<2 characters>/<40 characters>`."""
    token = secrets.token_hex(20)
    return f"{instance._meta.model_name}/{token[:2]}/{token}"
