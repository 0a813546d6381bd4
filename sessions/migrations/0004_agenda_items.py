import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0006_feed_keys"),
        ("learning_sessions", "0003_reminder_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ]
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("notes", models.TextField(blank=True, max_length=2000, verbose_name="notes")),
                (
                    "presenters",
                    models.ManyToManyField(
                        blank=True, related_name="presents", to="cohort.membership"
                    ),
                ),
                (
                    "presenting_teams",
                    models.ManyToManyField(blank=True, related_name="presents", to="cohort.team"),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="learning_sessions.learningsession",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("session", "position"),
                        name="agenda_item_place",
                    )
                ],
            },
        ),
    ]
