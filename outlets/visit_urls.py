"""Addresses of visits."""

from django.urls import path

from outlets.views import visits

app_name = "visits"

urlpatterns = [
    path("", visits.visit_list, name="list"),
    path("add/<str:code>/", visits.add, name="add"),
    path("<int:pk>/", visits.detail, name="detail"),
    path("<int:pk>/edit/", visits.edit, name="edit"),
    path("<int:pk>/follow-up/", visits.follow_up, name="follow_up"),
    path("<int:pk>/remove/", visits.take_away, name="remove"),
    path("<int:pk>/restore/", visits.bring_back, name="restore"),
]
