"""Its pages at the root, and what the server is asked to know that it is up."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [path("readyz", lambda _request: HttpResponse("ok")), path("", include("helpdesk.urls"))]
