"""Addresses of savings: ledger, collection, rates, closed months."""

from django.urls import URLPattern

app_name = "savings"
urlpatterns: list[URLPattern] = []
