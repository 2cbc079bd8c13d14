"""Answers when something is wrong with the request, in words for the person who made it."""

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from comity.common import clock
from comity.common.ids import new_id
from comity.web.account.gate import page_of_form, typed_in, words_of

_log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """A request that makes no sense: a wrong host, too many fields, a broken upload."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """A page that may be seen, and an action that this role may not take."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """A form that was open too long, or whose sign-in is gone: what was written comes back to be copied."""
    words = words_of(typed_in(request))
    signed_out = not request.user.is_authenticated
    context = {"words": words, "signed_out": signed_out, "back": page_of_form(request)}
    return render(request, "403_csrf.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - it would tell too much
    """Nothing is here, or nothing for this reader: the answer is the same, so that ids cannot be tried out."""
    return render(request, "404.html", status=404)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """A page opened by a request that it does not take, such as a form's address typed into the browser."""
    response = render(request, "405.html", status=405)
    response["Allow"] = allowed
    return response


def failure(request: HttpRequest) -> HttpResponse:
    """Our fault. The page names an id that the log has too; it needs neither database nor request."""
    error_id = new_id("err", clock.now())
    route = request.resolver_match.route if request.resolver_match else "(no route)"
    # The route and not the path: some paths are secrets.
    _log.error("%s: %s %s failed", error_id, request.method, route, exc_info=sys.exc_info())
    return HttpResponse(render_to_string("500.html", {"error_id": error_id}), status=500)
