"""Addresses of the statutory books and of the letter to a member."""

from django.urls import URLPattern

app_name = "books"
urlpatterns: list[URLPattern] = []
