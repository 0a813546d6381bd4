"""Django's admin, for the people who look after the site."""

from functools import partial
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest

from cohort import audit, live
from cohort.models import (
    AuditEntry,
    Cohort,
    FileCheck,
    Invitation,
    Membership,
    Organization,
    Tag,
    Team,
    Theme,
    User,
)
from cohort.services.people import set_active

# Signing in to the admin is signing in: with the second step, the limits and the pages of allauth.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "is_active", "is_staff", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "email"]
    ordering = ["name"]
    # Addresses and passwords are changed by their owners, who can prove that they are theirs.
    readonly_fields = ["email", "last_login", "date_joined"]
    fields = [
        "name",
        "email",
        "title",
        "time_zone",
        "bio",
        "can_help_with",
        "looking_for_help_with",
        "shows_email",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "date_joined",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Accounts come from invitations."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        by: Any = request.user
        if "is_active" in form.changed_data:
            # Saved with the rest already; this leaves the trace and closes open sockets.
            User.objects.filter(pk=obj.pk).update(is_active=not obj.is_active)
            set_active(user=obj, active=obj.is_active, by=by)
        if {"is_staff", "is_superuser"} & set(form.changed_data):
            audit.record(
                "account.staff_changed",
                subject=obj,
                actor=by,
                is_staff=obj.is_staff,
                is_superuser=obj.is_superuser,
            )


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "starts_on", "ends_on", "archived_at"]
    search_fields = ["name", "slug"]

    def save_model(self, request: HttpRequest, obj: Cohort, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"norms_version", "archived_at"} & set(form.changed_data):
            transaction.on_commit(partial(live.cohort_access_changed, obj.pk))


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """To look at: the console changes memberships, so that every change leaves its trace."""

    list_display = ["user", "cohort", "role", "team", "joined_at", "left_at", "last_seen_at"]
    list_filter = ["cohort", "role"]
    list_select_related = ["user", "cohort", "team"]
    search_fields = ["user__name", "user__email"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ["email", "cohort", "role", "team", "sent_at", "accepted_at", "revoked_at"]
    list_filter = ["cohort", "role"]
    list_select_related = ["cohort", "team"]
    search_fields = ["email", "name"]
    # The link is worth a membership; nobody needs to copy it from here.
    exclude = ["public_id"]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ["name", "cohort", "place", "state", "setting"]
    list_filter = ["cohort", "state"]
    list_select_related = ["cohort"]
    search_fields = ["name", "place"]


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name", "sector", "team", "cohort"]
    list_filter = ["cohort", "sector"]
    list_select_related = ["team", "cohort"]
    search_fields = ["name"]


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["name", "parent", "color", "position"]
    list_filter = ["color"]
    list_select_related = ["parent"]


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "cohort"]
    list_filter = ["cohort"]
    search_fields = ["name"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor_name", "action", "subject", "cohort_pk"]
    list_filter = ["action"]
    search_fields = ["actor_name", "subject"]
    date_hierarchy = "at"


@admin.register(FileCheck)
class FileCheckAdmin(ReadOnlyAdmin):
    list_display = ["at", "files", "rows", "missing", "without_row"]
