"""The pages of allauth that this office uses; those that need e-mail (addresses, confirmation, reset) are left out."""

from allauth.account import views
from django.urls import include, path

from kkmp.accounts.views import forgot_password

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", forgot_password, name="account_reset_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
