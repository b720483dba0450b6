"""Addresses of imports: the list, one address for each kind of file, and the steps of one batch."""

from django.urls import path

from kkmp.imports import views

app_name = "imports"

urlpatterns = [
    path("", views.batch_list, name="list"),
    path("<slug:kind>/new/", views.upload, name="upload"),
    path("<slug:kind>/template/", views.template, name="template"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/columns/", views.columns, name="columns"),
    path("<int:pk>/failed/", views.failed_rows, name="failed"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
