from resources.views.files import page_picture, resource_download, version_download
from resources.views.resources import (
    resource_create,
    resource_detail,
    resource_edit,
    resource_list,
    resource_remove,
)

__all__ = [
    "page_picture",
    "resource_create",
    "resource_detail",
    "resource_download",
    "resource_edit",
    "resource_list",
    "resource_remove",
    "version_download",
]
