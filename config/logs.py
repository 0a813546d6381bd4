"""What is logged, and how a line looks."""

from typing import Any


def to_console(level: str) -> dict[str, Any]:
    """All to the console, without secrets."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "filters": {"secrets": {"()": "cohort.logs.HideSecrets"}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["secrets"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django.request": {"level": "ERROR"}, "httpx": {"level": "WARNING"}},
    }
