from django.db import migrations

# What was read before tables were kept is read once more: the beat finds it waiting.
TABLES = """
    UPDATE resources_contents
    SET state = 'waiting', tries = 0, not_before = now()
    FROM resources_fileversion AS version
    WHERE version.id = resources_contents.version_id
      AND resources_contents.state = 'read'
      AND (version.content_type = 'text/csv' OR version.content_type LIKE '%spreadsheetml%')
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0015_keep_tables")]

    operations = [migrations.RunSQL(TABLES, migrations.RunSQL.noop)]
