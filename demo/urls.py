from typing import Any

from django.urls import path

from demo.styleguide import components

app_name = "demo"
urlpatterns: list[Any] = [
    path("components/", components, name="components"),
]
