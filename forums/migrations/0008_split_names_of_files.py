import re

from django.db import migrations

# As posts that are saved now have it: "a_b.pdf" is found by its words, too.
BETWEEN_WORDS = re.compile(r"[\W_]+")


def split_names(apps, schema_editor):
    """Posts that were saved before, by the files in their text. Those that are right stay."""
    Post = apps.get_model("forums", "Post")
    Attachment = apps.get_model("forums", "Attachment")
    posts = Post.objects.exclude(attached_names="").only("body", "attached_names")
    for post in posts.iterator(chunk_size=500):
        files = Attachment.objects.filter(post=post.pk).order_by("created_at", "pk")
        names = " ".join(_words(file.name) for file in files if str(file.pk) in post.body)
        if names and names != post.attached_names:
            Post.objects.filter(pk=post.pk).update(attached_names=names)


def _words(name):
    words = BETWEEN_WORDS.sub(" ", name).strip()
    return name if words == name else f"{name} {words}"


class Migration(migrations.Migration):
    dependencies = [("forums", "0007_ring_at_once")]

    operations = [migrations.RunPython(split_names, migrations.RunPython.noop)]
