from django.db import migrations


class Migration(migrations.Migration):
    """A resource is a file, a link or a page; looked at when its transaction ends, since a file's
    row and a page's need that of the resource first."""

    dependencies = [("resources", "0008_written_pages")]
    operations = [
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION resources_resource_is_something() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (
                    SELECT FROM resources_resource
                    WHERE id = NEW.id AND url = ''
                    AND current_version_id IS NULL AND current_page_id IS NULL
                ) THEN
                    RAISE EXCEPTION 'resource % is no file, no link and no page', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'resource_is_something';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER resource_is_something
            AFTER INSERT OR UPDATE OF url, current_version_id, current_page_id
            ON resources_resource DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION resources_resource_is_something();
            """,
            reverse_sql="""
            DROP TRIGGER resource_is_something ON resources_resource;
            DROP FUNCTION resources_resource_is_something();
            """,
        )
    ]
