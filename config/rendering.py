"""How pages come of templates."""

from pathlib import Path
from typing import Any


def templates(folder: Path) -> list[dict[str, Any]]:
    """Those of the project in `folder`, and each application's own."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [folder],
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [
                            "cohort.template_loading.Loader",
                            "django.template.loaders.app_directories.Loader",
                        ],
                    )
                ],
                "builtins": ["cohort.templatetags.cohort", "cohort.templatetags.ui"],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "cohort.context.site",
                ],
            },
        }
    ]
