"""Files that hold words are found through their index, however many they are.

PostgreSQL reckons what it costs to look at a row without what it keeps of it elsewhere; so of a
frequent word it read and unpacked all words of every file, which takes three times as long.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("resources", "0016_look_at_tables_again")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION resources_files_holding(words tsquery) RETURNS SETOF bigint
            LANGUAGE sql STABLE PARALLEL SAFE
            SET enable_seqscan = off SET enable_indexscan = off
            AS 'SELECT version_id FROM resources_contents WHERE search @@ words'
            """,
            "DROP FUNCTION resources_files_holding(tsquery)",
        )
    ]
