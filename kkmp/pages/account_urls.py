"""Addresses of one's own access and of sign-in links; `my_access` and `people` show areas, so they are composed here."""

from django.urls import path

from kkmp.accounts import views
from kkmp.pages import access, why

app_name = "accounts"
urlpatterns = [
    path("access/", access.my_access, name="my_access"),
    path("why/", why.why, name="why"),
    path("people/", access.people, name="people"),
    path("people/<int:pk>/link/", views.link_make, name="link_make"),
    path("link/<str:token>/", views.link_open, name="link_open"),
    path("new-password/", views.new_password, name="new_password"),
    path("second-factor.svg", views.mfa_qr, name="mfa_qr"),
]
