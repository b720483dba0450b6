"""Addresses of who sees what, of the access log, and of a hand-over."""

from django.urls import path

from kkmp.pages import access_log, hand_over, recent_changes, seen_by, who_sees

app_name = "access"
urlpatterns = [
    path("", who_sees.people, name="people"),
    path("people/<int:pk>/", who_sees.person, name="person"),
    path("people/<int:pk>/changes/", recent_changes.changes, name="changes"),
    path("cooperatives/", seen_by.cooperatives, name="cooperatives"),
    path("cooperatives/<str:code>/", seen_by.cooperative, name="cooperative"),
    path("log/", access_log.access_log, name="log"),
    path("hand-over/", hand_over.hand_over_areas, name="hand_over"),
]
