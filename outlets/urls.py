"""Addresses of outlets, their status and what they need."""

from django.urls import path

from outlets.views import contradictions, decisions, needs, outlets, set_asides

app_name = "outlets"

urlpatterns = [
    path("", outlets.outlet_list, name="list"),
    path("<int:pk>/", outlets.outlet_detail, name="detail"),
    path("add/<str:code>/", outlets.outlet_add, name="add"),
    path("<int:pk>/edit/", outlets.outlet_edit, name="edit"),
    path("<int:pk>/status/", decisions.decide, name="decide"),
    path("none/<str:code>/", decisions.decide_none, name="decide_none"),
    path("changes/<int:pk>/correct/", decisions.correct, name="correct"),
    path("changes/<int:pk>/retract/", decisions.retract, name="retract"),
    path("contradictions/", contradictions.contradiction_list, name="contradictions"),
    path("needs/", needs.need_list, name="needs"),
    path("<int:pk>/needs/add/", needs.need_add, name="need_add"),
    path("needs/<int:pk>/", needs.need_edit, name="need_edit"),
    path("needs/<int:pk>/set-aside/", set_asides.add, name="set_aside_add"),
    path("set-asides/<int:pk>/release/", set_asides.let_go, name="set_aside_release"),
]
