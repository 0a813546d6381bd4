import django.contrib.postgres.fields
from django.db import migrations, models


def name_the_way(apps, schema_editor):
    """What was switched off was mail, which all topics were sent by."""
    choices = apps.get_model("notifications", "Choices").objects.exclude(topics_off=[])
    for one in choices.iterator():
        one.switched = [f"{topic}:mail" for topic in one.topics_off]
        one.save(update_fields=["switched"])


def forget_the_way(apps, schema_editor):
    choices = apps.get_model("notifications", "Choices").objects.exclude(switched=[])
    for one in choices.iterator():
        named = (name.rsplit(":", 1) for name in one.switched)
        one.topics_off = [topic for topic, way in named if way == "mail"]
        one.save(update_fields=["topics_off"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_bell")]

    operations = [
        migrations.AddField(
            model_name="choices",
            name="switched",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=50), blank=True, default=list, size=None
            ),
        ),
        migrations.RunPython(name_the_way, forget_the_way),
        migrations.RemoveField(model_name="choices", name="topics_off"),
        migrations.AddField(
            model_name="choices",
            name="paused_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="way",
            field=models.CharField(
                choices=[("bell", "In Cohort"), ("mail", "By mail"), ("push", "On my devices")],
                default="mail",
                max_length=4,
            ),
        ),
    ]
