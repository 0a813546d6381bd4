"""The four learning themes and their sub-lessons, as the programme's findings name them."""

from django.db import migrations

THEMES = [
    (
        "Drivers",
        "drivers",
        "What local need or opportunity makes leaders of different sectors work together?",
        [
            "Shared urgency",
            "Catalysts",
            "Many motives at once",
            "Balancing students and industry",
        ],
    ),
    (
        "Leaders",
        "leaders",
        "Which abilities start such a partnership and keep it going?",
        [
            "Beyond the status quo",
            "Collaboration over control",
            "Agility",
            "Trust as infrastructure",
        ],
    ),
    (
        "Practices and Structures",
        "practices",
        "Which practices and structures make collaboration possible?",
        [
            "Shared governance",
            "Written agreements",
            "Policy flexibility",
            "The backbone organization",
        ],
    ),
    (
        "Student Experiences",
        "students",
        "Which learning experiences prepare every young person, and make outcomes fairer?",
        [
            "Design with purpose",
            "Credentials that employers trust",
            "Workforce-ready skills",
            "Real-world learning",
            "Support for the whole student",
        ],
    ),
]


def slug(name):
    return name.lower().replace(" ", "-")


def seed(apps, schema_editor):
    Theme = apps.get_model("cohort", "Theme")
    for place, (name, color, question, lessons) in enumerate(THEMES, start=1):
        theme = Theme.objects.create(
            name=name, slug=slug(name), color=color, question=question, position=place * 100
        )
        for order, lesson in enumerate(lessons, start=1):
            Theme.objects.create(
                name=lesson,
                slug=slug(lesson),
                color=color,
                parent=theme,
                position=place * 100 + order,
            )


def unseed(apps, schema_editor):
    apps.get_model("cohort", "Theme").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("cohort", "0001_initial")]
    operations = [migrations.RunPython(seed, unseed)]
