"""Every address of the site."""

from django.urls import include, path

urlpatterns = [path("", include("comity.web.urls"))]

handler400 = "comity.web.errors.bad_request"
handler403 = "comity.web.errors.forbidden"
handler404 = "comity.web.errors.not_found"
handler500 = "comity.web.errors.failure"
