"""Addresses of a resource's parts."""

from django import template

from resources.models import FileVersion, PagePicture, Resource

register = template.Library()


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, version: FileVersion, page: PagePicture) -> str:
    """Where the picture of a page is."""
    version.resource = context["resource"]
    return version.address("page_picture", page.number)


@register.simple_tag
def version_address(version: FileVersion, resource: Resource) -> str:
    """Where a version's own file is."""
    version.resource = resource
    return version.address("version_download")
