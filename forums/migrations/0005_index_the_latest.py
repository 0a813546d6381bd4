from django.db import migrations, models


class Migration(migrations.Migration):
    """What search and feeds begin with: the latest posts, those of outsiders, answers first."""

    dependencies = [("forums", "0004_count_anonymous_polls")]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["created_at"], name="post_latest"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                condition=models.Q(("author_name", ""), _negated=True),
                fields=["author_name"],
                name="post_by_outsider",
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("answers_first", True)),
                fields=["cohort"],
                name="thread_answers_first",
            ),
        ),
    ]
