"""Who is not signed in is led to the sign-in page and back, and loses nothing typed on the way."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]

_TYPED = "typed"
_TYPED_FIELDS = ("text", "topic")
_TYPED_LENGTH = 40_000  # a safety bound of the session row, ten times the longest message


def signed_in(view: View[Parameters]) -> View[Parameters]:
    """Only for people who are signed in; others sign in first and come back to the page they were on."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return _sign_in_first(request)

    return gate


def typed(request: HttpRequest) -> dict[str, str]:
    """What was typed on this page before the sign-in (``text``, ``topic``), once; else empty."""
    kept = request.session.get(_TYPED)
    if not kept or kept["path"] != request.get_full_path():
        return {}
    del request.session[_TYPED]
    return dict(kept["fields"])


def same_site(path: str) -> str:
    """``path`` when it leads to a page of this site, else an empty text. Never another host or scheme."""
    inside = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if inside else ""


def sign_in_address(path: str) -> str:
    """The sign-in page that leads on to ``path``."""
    return f"{reverse('sign-in')}?{urlencode({'next': path})}" if path else reverse("sign-in")


def typed_in(request: HttpRequest, names: Iterable[str] = _TYPED_FIELDS) -> dict[str, str]:
    """What the posted form holds of ``names``, each cut where a session could not keep it."""
    return {name: request.POST[name][:_TYPED_LENGTH] for name in names if request.POST.get(name)}


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if _is_script(request):
        return HttpResponse("You are signed out. Sign in in another tab; what you typed stays here.", status=401)
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(sign_in_address(request.get_full_path()))
    path = page_of_form(request)
    if fields := typed_in(request):
        request.session[_TYPED] = {"path": path, "fields": fields}
    return HttpResponseRedirect(sign_in_address(path))


def _is_script(request: HttpRequest) -> bool:
    """A request by a page's script, whose answer must not tear the page away."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def page_of_form(request: HttpRequest) -> str:
    """The page of this site that the posted form stood on; the address of the form where that is unknown."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc != request.get_host():
        return request.get_full_path()
    return same_site(referrer.path + (f"?{referrer.query}" if referrer.query else ""))
