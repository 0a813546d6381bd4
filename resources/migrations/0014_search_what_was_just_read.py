"""Texts go into their index at once: what waited to be put in was read whole by each search."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0008_scan_files_later"),
        ("resources", "0013_find_requests"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="contents",
            name="contents_search",
        ),
        migrations.RemoveIndex(
            model_name="resource",
            name="resource_search",
        ),
        migrations.RemoveIndex(
            model_name="writtenpage",
            name="written_page_search",
        ),
        migrations.AddIndex(
            model_name="contents",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search"], name="contents_search"
            ),
        ),
        migrations.AddIndex(
            model_name="resource",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search"], name="resource_search"
            ),
        ),
        migrations.AddIndex(
            model_name="writtenpage",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search"], name="written_page_search"
            ),
        ),
    ]
