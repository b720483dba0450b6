"""Addresses of partners, what they support, and the events where they met cooperatives."""

from django.urls import path

from partners.views import events, partners, supports

app_name = "partners"
urlpatterns = [
    path("", partners.partner_list, name="list"),
    path("add/", partners.add, name="add"),
    path("<int:pk>/", partners.detail, name="detail"),
    path("<int:pk>/edit/", partners.edit, name="edit"),
    path("supports/", supports.support_list, name="supports"),
    path("supports/add/", supports.add, name="support_add"),
    path("supports/<int:pk>/", supports.detail, name="support_detail"),
    path("supports/<int:pk>/edit/", supports.edit, name="support_edit"),
    path("supports/<int:pk>/stage/", supports.stage, name="support_stage"),
    path("events/", events.event_list, name="events"),
    path("events/add/", events.add, name="event_add"),
    path("events/<int:pk>/", events.detail, name="event_detail"),
    path("events/<int:pk>/edit/", events.edit, name="event_edit"),
    path("events/<int:pk>/attendance/", events.attendance_add, name="attendance_add"),
    path("events/attendance/<int:pk>/remove/", events.attendance_remove, name="attendance_remove"),
]
