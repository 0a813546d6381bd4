from django.db import migrations, models


def call_them_told(apps, schema_editor):
    """Nobody hears by mail of what was written before anybody did."""
    posts = apps.get_model("forums", "Post").objects.filter(told_at=None)
    posts.update(told_at=models.F("created_at"))


class Migration(migrations.Migration):
    """On its own: PostgreSQL changes no table that has changed rows in the same transaction."""

    dependencies = [("forums", "0002_discussions_in_depth")]

    operations = [migrations.RunPython(call_them_told, migrations.RunPython.noop)]
