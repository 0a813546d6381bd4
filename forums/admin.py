from django.contrib import admin

from forums.models import Post, Space, Thread


@admin.register(Space)
class SpaceAdmin(admin.ModelAdmin):
    list_display = ["name", "cohort", "audience", "team", "position"]
    list_filter = ["cohort", "audience"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Thread)
class ThreadAdmin(admin.ModelAdmin):
    list_display = ["title", "space", "kind", "author", "reply_count", "last_posted_at"]
    list_filter = ["cohort", "kind"]
    search_fields = ["title"]
    raw_id_fields = ["cohort", "space", "author", "answer", "last_post_by"]
    readonly_fields = ["last_number", "reply_count", "last_posted_at"]
    exclude = ["themes", "tags"]


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ["thread", "number", "author", "created_at", "deleted_at"]
    raw_id_fields = ["thread", "parent", "author"]
    readonly_fields = ["number", "path", "body_text"]
    list_select_related = ["thread", "author__user"]
