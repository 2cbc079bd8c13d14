"""Addresses of signing in, home, hand-over and health."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
