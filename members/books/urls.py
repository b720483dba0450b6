"""Addresses of the statutory books and of the letter to a member."""

from django.urls import path

from members.books import letter_views, views

app_name = "books"
urlpatterns = [
    path("", views.shelf, name="index"),
    path("members/<int:pk>/savings/", views.savings_book, name="savings_book"),
    path("members/<int:pk>/letter/", letter_views.letter, name="letter"),
    path("<str:code>/<str:number>/", views.book, name="book"),
]
