from django.db import migrations


class Migration(migrations.Migration):
    """The audit trail can only grow: the database itself refuses anything else."""

    dependencies = [("cohort", "0002_seed_themes")]
    operations = [
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION cohort_audit_is_append_only() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit trail is append-only';
            END $$;
            CREATE TRIGGER audit_append_only
            BEFORE UPDATE OR DELETE ON cohort_auditentry
            FOR EACH ROW EXECUTE FUNCTION cohort_audit_is_append_only();
            """,
            reverse_sql="""
            DROP TRIGGER audit_append_only ON cohort_auditentry;
            DROP FUNCTION cohort_audit_is_append_only();
            """,
        )
    ]
