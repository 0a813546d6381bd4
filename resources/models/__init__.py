"""The library."""

from resources.models.collections import Collection, CollectionItem, CollectionQuerySet
from resources.models.links import LinkCheck
from resources.models.marks import HelpfulMark
from resources.models.pages import WrittenPage
from resources.models.requests import RequestAnswer, RequestQuerySet, ResourceRequest
from resources.models.resources import (
    Resource,
    ResourceQuerySet,
    ResourceTag,
    ResourceTheme,
    site_of,
)
from resources.models.trials import Trial, TrialQuerySet, TrialRule
from resources.models.versions import Contents, FileVersion, PagePicture

__all__ = [
    "Collection",
    "CollectionItem",
    "CollectionQuerySet",
    "Contents",
    "FileVersion",
    "HelpfulMark",
    "LinkCheck",
    "PagePicture",
    "RequestAnswer",
    "RequestQuerySet",
    "Resource",
    "ResourceQuerySet",
    "ResourceRequest",
    "ResourceTag",
    "ResourceTheme",
    "Trial",
    "TrialQuerySet",
    "TrialRule",
    "WrittenPage",
    "site_of",
]
