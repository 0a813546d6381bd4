"""People and the year. Other apps import from here: `from cohort.models import Membership`."""

from cohort.models.audit import AuditEntry
from cohort.models.feed_keys import FeedKey
from cohort.models.file_checks import FileCheck
from cohort.models.imports import RosterImport
from cohort.models.invitations import Invitation
from cohort.models.partnerships import Organization, Sector, Team
from cohort.models.people import User
from cohort.models.scoped import Audience, Scoped, ScopedQuerySet
from cohort.models.themes import Tag, Theme, theme_list
from cohort.models.unscanned import UnscannedFile
from cohort.models.year import Cohort, Membership, Role

__all__ = [
    "Audience",
    "AuditEntry",
    "Cohort",
    "FeedKey",
    "FileCheck",
    "Invitation",
    "Membership",
    "Organization",
    "Role",
    "RosterImport",
    "Scoped",
    "ScopedQuerySet",
    "Sector",
    "Tag",
    "Team",
    "Theme",
    "UnscannedFile",
    "User",
    "theme_list",
]
