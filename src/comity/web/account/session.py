"""Who is signed in, and how much of that person's seats the session opens."""

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from comity.accounts.models import User
from comity.web.account.gate import forget_others

_BACKEND = "comity.accounts.backends.EmailBackend"
_HANDED_OVER = "handed_over"
_OWN_FILES = ("file", "file-preview")  # of which these sessions reach a buyer's own, see ``web.files.views``
_OPEN_TO_ALL = ("home", "sign-in", "sign-in-link", "sign-out", "hand-over", "theme")


def enter(request: HttpRequest, user: User, *, handed_over_by: str = "") -> None:
    """Sign ``user`` in under a new session key; ``handed_over_by`` is the slug of the marketplace that vouches."""
    login(request, user, backend=_BACKEND)
    forget_others(request)
    request.session[_HANDED_OVER] = handed_over_by


def handed_over_by(request: HttpRequest) -> str:
    """The slug of the marketplace whose word opened this session; empty when the person signed in here."""
    return str(request.session.get(_HANDED_OVER, ""))


def network(request: HttpRequest) -> str:
    """Where a request comes from, for counting: an IPv4 address, or the /64 that an IPv6 address lies in.

    Behind a proxy (``COMITY_BEHIND_PROXY``) that is the address which the nearest proxy saw.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        prefix = 64 if ipaddress.ip_address(address).version == 6 else 32  # noqa: PLR2004 - IP version 6
        return str(ipaddress.ip_network((address, prefix), strict=False).network_address)
    except ValueError:
        return address


class HandedOver:
    """A shop's word opens the buyer's pages of that marketplace; on all others the same person is a stranger.

    Else whoever holds one marketplace's secret could act as any user that buys there: also as staff elsewhere.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        slug = handed_over_by(request)
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        buyers = name.startswith("buyer-") or name in _OWN_FILES
        own_page = buyers and kwargs.get("marketplace") == slug
        if slug and not own_page and name not in _OPEN_TO_ALL and name != "download":  # its grant names the marketplace
            request.user = AnonymousUser()
