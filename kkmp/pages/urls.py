"""Addresses of the cooperatives: list, page of one, edit."""

from django.urls import path

from cooperatives import views
from kkmp.pages import cooperative

app_name = "cooperatives"
urlpatterns = [
    path("", cooperative.cooperative_list, name="list"),
    path("<str:code>/", cooperative.cooperative_page, name="detail"),
    path("<str:code>/edit/", views.edit, name="edit"),
]
