"""Addresses of the members' register."""

from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("", views.member_list, name="list"),
    path("add/<str:code>/", views.add, name="add"),
    path("<int:pk>/", views.edit, name="edit"),
]
