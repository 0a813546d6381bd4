from django.contrib import admin
from django.http import HttpRequest

from notifications.models import Choices, Delivery, Suppression


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """To look at: what is in the outbox is changed by the workers alone."""

    list_display = ["created_at", "kind", "recipient", "address", "state", "reason", "attempts"]
    list_filter = ["state", "kind"]
    list_select_related = ["recipient__user"]
    search_fields = ["recipient__user__email", "address", "dedupe_key"]
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):
    list_display = ["address", "reason", "created_at"]
    search_fields = ["address"]


@admin.register(Choices)
class ChoicesAdmin(admin.ModelAdmin):
    list_display = ["member", "edition", "edition_weekday", "edition_hour", "switched"]
    list_select_related = ["member__user"]
    raw_id_fields = ["member"]
