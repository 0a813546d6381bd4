"""Files that are there already wait for a worker like new ones."""

from django.db import migrations


def await_reading(apps, schema_editor):
    versions = apps.get_model("resources", "FileVersion")
    contents = apps.get_model("resources", "Contents")
    found = versions.objects.filter(contents=None).values_list("pk", flat=True)
    contents.objects.bulk_create(
        (contents(version_id=pk) for pk in found), batch_size=1000, ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("resources", "0002_read_files")]

    operations = [migrations.RunPython(await_reading, migrations.RunPython.noop)]
