"""The product's addresses and ``/limit/``: one INSERT behind the same middleware, sign-in and CSRF check."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from comity.common import clock
from comity.common.ids import new_id
from comity.common.models import RecordEntry


def limit(request: HttpRequest) -> HttpResponse:
    """A row of the size of a message, with one index, committed; the least that any product does."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    RecordEntry.objects.create(
        chain=new_id("lim", clock.now()),
        marketplace="limit",
        position=1,
        kind="posted",
        facts=request.POST["text"],
        body_digest="",
        digest="",
    )
    return HttpResponseRedirect("/")


urlpatterns = [path("limit/", limit), path("", include("comity.config.urls"))]
