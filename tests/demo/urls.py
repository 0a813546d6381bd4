"""The product's routes with the demo's, whatever mode the tests run in."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [path("demo/", include("demo.urls")), *product]
