from django.contrib import admin

from resources.models import FileVersion, Resource


class FileVersionInline(admin.TabularInline):
    model = FileVersion
    extra = 0
    can_delete = False
    fields = readonly_fields = ("number", "name", "content_type", "size", "created_at")

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Resource)
class ResourceAdmin(admin.ModelAdmin):
    """To look things up. Files come and go through the library, which keeps rows and bytes one."""

    list_display = ("title", "kind", "cohort", "audience", "team", "created_at")
    list_filter = ("cohort", "kind", "audience")
    list_select_related = ("cohort", "team")
    search_fields = ("title", "description_text")
    fields = ("title", "kind", "audience", "team", "url", "description_text", "used_for")
    readonly_fields = ("audience", "team", "url", "description_text")
    inlines = (FileVersionInline,)

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
