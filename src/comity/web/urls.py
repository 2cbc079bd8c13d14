"""The site's addresses. What begins with a marketplace's slug comes last: every other first word is reserved."""

from django.urls import include, path

urlpatterns = [
    path("", include("comity.web.account.urls")),
]
