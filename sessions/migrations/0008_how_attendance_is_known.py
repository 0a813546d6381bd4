from django.db import migrations


def say_how_it_is_known(apps, schema_editor):
    """Who has gone through the button was marked by it; the others were marked by somebody."""
    rows = apps.get_model("learning_sessions", "Attendance").objects
    rows.filter(joined_at__isnull=False, mark="attended").update(source="join")


class Migration(migrations.Migration):
    dependencies = [
        ("learning_sessions", "0007_attendance_in_depth"),
    ]

    operations = [
        migrations.RunPython(say_how_it_is_known, migrations.RunPython.noop),
    ]
