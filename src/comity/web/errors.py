"""Answers when something is wrong with the request, in words for the person who made it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """A form that was open too long, or did not come from our pages."""
    return render(request, "403_csrf.html", status=403)
