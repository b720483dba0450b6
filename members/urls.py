"""Addresses of the members' register."""

from django.urls import path

from members.views import exports, person, register, steps

app_name = "members"
urlpatterns = [
    path("", register.member_list, name="list"),
    path("find/", register.find, name="find"),
    path("export/", exports.export, name="export"),
    path("export/savings/", exports.export_ledger, name="export_ledger"),
    path("months/", register.months, name="months"),
    path("add/<str:code>/", person.add, name="add"),
    path("take-over/<str:code>/", person.add_taken_over, name="take_over"),
    path("<int:pk>/", person.detail, name="detail"),
    path("<int:pk>/edit/", person.edit, name="edit"),
    path("<int:pk>/admit/", steps.admission, name="admit"),
    path("<int:pk>/end/", steps.end, name="end"),
    path("<int:pk>/return/", person.come_back, name="return"),
    path("<int:pk>/void/", steps.void, name="void"),
    path("<int:pk>/national-id/", steps.reveal, name="reveal"),
]
