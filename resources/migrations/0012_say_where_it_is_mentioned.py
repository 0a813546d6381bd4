import re
from itertools import chain

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

NAMES = {"discussions": "thread", "library": "resource", "sessions": "session"}


def find_links(apps, schema_editor):
    """What is linked to by what is there already."""
    Resource = apps.get_model("resources", "Resource")
    marked = "<a href="
    linking = Resource.objects.filter(
        models.Q(description__contains=marked) | models.Q(current_page__html__contains=marked)
    )
    for resource in linking.select_related("cohort", "current_page").iterator():
        page = resource.current_page.html if resource.current_page else ""
        start = rf'<a href="(?:{re.escape(settings.BASE_URL)})?/c/{resource.cohort.slug}/'
        link = re.compile(start + r'(discussions|library|sessions)/(\d{1,18})/["?#]')
        found = chain(link.findall(resource.description), link.findall(page))
        resource.references = list(dict.fromkeys(f"{NAMES[room]}:{int(pk)}" for room, pk in found))
        resource.save(update_fields=["references"])


class Migration(migrations.Migration):
    dependencies = [("resources", "0011_ask_for_things")]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="references",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="resource",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["references"], name="resource_references"
            ),
        ),
        migrations.RunPython(find_links, migrations.RunPython.noop),
    ]
