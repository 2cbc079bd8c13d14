"""Addresses of the pattern book and of the choice between light and dark."""

from django.urls import path

from comity.web.design import views

urlpatterns = [
    path("design/", views.design, name="design"),
    path("design/desk/", views.desk, name="design-desk"),
    path("design/talk/", views.talk, name="design-talk"),
    path("design/check/", views.sample_check, name="design-check"),
    path("theme/", views.theme, name="theme"),
]
