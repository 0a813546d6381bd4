from django.db import migrations, models
from django.db.models import F, Q


def call_them_rung(apps, schema_editor):
    """What is there already is no news to anybody's bell."""
    apps.get_model("forums", "Post").objects.update(rung_at=F("created_at"))


class Migration(migrations.Migration):
    # The rows change before the index comes: PostgreSQL wants that in two transactions.
    atomic = False

    dependencies = [("forums", "0006_index_featured_threads")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="rung_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(call_them_rung, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                condition=Q(("rung_at", None)), fields=["created_at"], name="post_not_rung_yet"
            ),
        ),
    ]
