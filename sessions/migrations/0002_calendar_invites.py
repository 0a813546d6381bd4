import django.db.models.deletion
from django.db import migrations, models

import sessions.models.invites


class Migration(migrations.Migration):
    dependencies = [
        ("cohort", "0006_feed_keys"),
        ("learning_sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarInvite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.CharField(
                        default=sessions.models.invites.new_uid,
                        editable=False,
                        max_length=200,
                        unique=True,
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("planned", models.CharField(blank=True, max_length=40)),
                (
                    "told",
                    models.CharField(
                        choices=[
                            ("nothing", "Nothing"),
                            ("request", "Invited"),
                            ("cancel", "Taken out"),
                            ("declined", "Declined from the calendar"),
                        ],
                        default="nothing",
                        max_length=8,
                    ),
                ),
                ("told_sequence", models.PositiveIntegerField(default=0)),
                ("told_starts_at", models.DateTimeField(null=True)),
                ("told_ends_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invites",
                        to="cohort.membership",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invites",
                        to="learning_sessions.learningsession",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "member"), name="calendar_invite_once_per_member"
                    )
                ],
            },
        ),
    ]
