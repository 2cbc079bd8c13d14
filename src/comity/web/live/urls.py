"""The address at which open pages ask."""

from django.urls import path

from comity.web.live import views

urlpatterns = [path("live/changes/", views.changes, name="live-changes")]
