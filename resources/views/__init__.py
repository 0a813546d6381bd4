from resources.views.adding import added_list, link_words, resource_create
from resources.views.comments import comment_create
from resources.views.files import page_picture, resource_download, version_download
from resources.views.marks import (
    feature_create,
    feature_removal,
    helpful_create,
    helpful_removal,
)
from resources.views.pages import page_create, written_page
from resources.views.resources import (
    resource_detail,
    resource_edit,
    resource_list,
    resource_remove,
)
from resources.views.restoring import page_restoring, version_restoring
from resources.views.taking import collection_zip, library_take, library_zip, selection_zip

__all__ = [
    "added_list",
    "collection_zip",
    "comment_create",
    "feature_create",
    "feature_removal",
    "helpful_create",
    "helpful_removal",
    "library_take",
    "library_zip",
    "link_words",
    "page_create",
    "page_picture",
    "page_restoring",
    "resource_create",
    "resource_detail",
    "resource_download",
    "resource_edit",
    "resource_list",
    "resource_remove",
    "selection_zip",
    "version_download",
    "version_restoring",
    "written_page",
]
