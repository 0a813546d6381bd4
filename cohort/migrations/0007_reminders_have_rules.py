from django.db import migrations


class Migration(migrations.Migration):
    """How long before sessions people are reminded is the sessions' own matter now."""

    dependencies = [("cohort", "0006_feed_keys")]

    operations = [migrations.RemoveField(model_name="cohort", name="reminder_minutes")]
