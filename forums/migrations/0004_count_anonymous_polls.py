from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forums", "0003_call_them_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="poll",
            name="counted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="poll",
            name="counted_voters",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="polloption",
            name="counted",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
