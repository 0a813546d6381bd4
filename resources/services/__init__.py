"""What happens in the library."""

from resources.services.resources import (
    add_resource,
    add_version,
    count_download,
    edit_resource,
    remove_resource,
)

__all__ = ["add_resource", "add_version", "count_download", "edit_resource", "remove_resource"]
