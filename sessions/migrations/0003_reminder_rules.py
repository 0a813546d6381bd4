import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# The defaults before and after: who had the old ones gets the new ones.
OLD = [24 * 60, 60]
NEW = [(7 * 24 * 60, "unanswered"), (24 * 60, "coming"), (15, "coming")]


def make_rules(apps, schema_editor):
    rule = apps.get_model("learning_sessions", "ReminderRule")
    for cohort in apps.get_model("cohort", "Cohort").objects.all():
        kept = [(minutes, "everybody") for minutes in sorted(set(cohort.reminder_minutes))]
        rules = NEW if cohort.reminder_minutes == OLD else kept
        rule.objects.bulk_create(
            [rule(cohort=cohort, minutes=minutes, audience=audience) for minutes, audience in rules]
        )


def keep_minutes(apps, schema_editor):
    rule = apps.get_model("learning_sessions", "ReminderRule")
    for cohort in apps.get_model("cohort", "Cohort").objects.all():
        minutes = rule.objects.filter(cohort=cohort).values_list("minutes", flat=True)
        cohort.reminder_minutes = sorted(set(minutes), reverse=True)
        cohort.save(update_fields=["reminder_minutes"])


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0006_feed_keys"),
        ("learning_sessions", "0002_calendar_invites"),
    ]
    # Reads the column that goes there.
    run_before = [("cohort", "0007_reminders_have_rules")]

    operations = [
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(40320),
                        ],
                        verbose_name="minutes before",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("unanswered", "Those who have not answered"),
                            ("coming", "Those who said yes or maybe"),
                            ("everybody", "Everybody but those who said no"),
                        ],
                        max_length=10,
                        verbose_name="who",
                    ),
                ),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_rules",
                        to="cohort.cohort",
                    ),
                ),
            ],
            options={
                "ordering": ["-minutes", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cohort", "minutes", "audience"), name="reminder_rule_once"
                    )
                ],
            },
        ),
        migrations.RunPython(make_rules, keep_minutes),
    ]
