"""Addresses of files."""

from django.urls import path

from comity.web.files import views

urlpatterns = [
    path("download/<str:grant>/", views.download, name="download"),
    path("<slug:marketplace>/files/<str:attachment>/", views.file, name="file"),
    path("<slug:marketplace>/files/<str:attachment>/preview/", views.preview, name="file-preview"),
]
