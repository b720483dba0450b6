"""Addresses of the targets."""

from django.urls import path

from kkmp.pages import targets

app_name = "targets"
urlpatterns = [
    path("", targets.target_list, name="list"),
    path("add/", targets.add, name="add"),
    path("<int:pk>/edit/", targets.edit, name="edit"),
]
