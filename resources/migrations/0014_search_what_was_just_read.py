"""Texts go into their index at once: what waited to be put in was read whole by each search."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

INDEXES = {
    "contents": "contents_search",
    "resource": "resource_search",
    "writtenpage": "written_page_search",
}


def changed(model, name):
    """Not made anew, which would close the library meanwhile."""
    index = GinIndex(fields=["search"], name=name, fastupdate=False)
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                [
                    f"ALTER INDEX {name} SET (fastupdate = off)",
                    f"SELECT gin_clean_pending_list('{name}')",
                ],
                f"ALTER INDEX {name} RESET (fastupdate)",
            )
        ],
        state_operations=[
            migrations.RemoveIndex(model_name=model, name=name),
            migrations.AddIndex(model_name=model, index=index),
        ],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0008_scan_files_later"),
        ("resources", "0013_find_requests"),
    ]

    operations = [changed(model, name) for model, name in INDEXES.items()]
