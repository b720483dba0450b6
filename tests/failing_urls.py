"""The project's addresses and one that fails, to see what people see then."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from kkmp.urls import urlpatterns as of_the_project


@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"secret of {request.path}")


urlpatterns = [path("fail/", fail), *of_the_project]
