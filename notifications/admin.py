from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cohort.logs import without_secrets
from notifications.inbound.outcomes import label_of
from notifications.models import Choices, Delivery, InboundMail, Suppression

# Of a mail's source, in bytes.
MOST_SHOWN = 200_000


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


@admin.register(InboundMail)
class InboundMailAdmin(admin.ModelAdmin):
    """To look at, for as long as what was written is kept. Its addresses open nothing."""

    list_display = ["received_at", "address", "sender", "member", "state", "became", "source"]
    list_filter = ["state", "mailbox", "reason"]
    list_select_related = ["member__user"]
    search_fields = ["sender", "subject", "message_id"]
    date_hierarchy = "received_at"
    exclude = ["raw", "digest", "envelope", "key"]
    readonly_fields = ["became", "written"]

    @admin.display(description=_("What became of it"))
    def became(self, mail: InboundMail) -> str:
        return label_of(mail.reason)

    @admin.display(description=_("As it came"))
    def written(self, mail: InboundMail) -> str:
        if not mail.raw:
            return ""
        with mail.raw.open("rb") as file:
            text = file.read(MOST_SHOWN).decode("utf-8", "replace")
        return format_html("<pre>{}</pre>", without_secrets(text))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: InboundMail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: InboundMail | None = None) -> bool:
        return False
