from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Both are trusted extensions: an ordinary database owner may create them."""

    dependencies = [("cohort", "0003_audit_append_only")]
    operations = [TrigramExtension(), UnaccentExtension()]
