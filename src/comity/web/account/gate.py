"""Who is not signed in is led to the sign-in page and back, and loses nothing typed on the way."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from comity.common import clock

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]

_TYPED = "typed"
_WHOSE = "whose"
_MARK_LENGTH = 32
_YEAR = 365 * 24 * 3600  # seconds; a form outlives the session that it was made in
_ASKED_FOR = ("text", "topic")
_TYPED_LENGTH = 40_000  # a safety bound of the session row, with the fields' names: ten times the longest message
_NAME_LENGTH = 100  # a field of ours has a shorter name
_SECRET = re.compile("passw|secret|token|credential", re.IGNORECASE)
_NOT_TYPED = re.compile(r"(?:.*-)?(?:key|kept|seen|sure|confirmed|replaces|next|username|version)")
_BY_MACHINE = re.compile(r".{1,2}|[a-z_]+|(?:[A-Z][a-z]+){2,}|[a-z]{2,5}_[0-9a-z]{26}", re.DOTALL)  # a choice, an id
_CHOSEN = re.compile(r"(?:[A-Z][a-z]+){2,}|[a-z]+(?:_[a-z]+)+")  # of a list, where words may be written as well
_NEVER = re.compile("(?!)")
_LOOKS = {"reason": _CHOSEN, **dict.fromkeys(("text", "answer", "note", "words", "why", "address", "name"), _NEVER)}


def signed_in(view: View[Parameters]) -> View[Parameters]:
    """Only for people who are signed in; others sign in first and come back to the page they were on."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return _sign_in_first(request)

    return gate


def typed(request: HttpRequest) -> dict[str, str]:
    """What was typed on this page before the sign-in (``text``, ``topic``), once; else empty.

    What else was typed is left for ``left_over``.
    """
    if not (kept := _take(request)):
        return {}
    fields = kept["fields"]
    asked = {name: fields.pop(name) for name in _ASKED_FOR if name in fields}
    if fields:
        request.session[_TYPED] = kept
    return asked


def left_over(request: HttpRequest) -> list[str]:
    """The words typed on this page before the sign-in that its forms did not ask for, once."""
    return words_of(_take(request).get("fields", {})) if hasattr(request, "session") else []


def _take(request: HttpRequest) -> dict[str, Any]:
    forget_others(request)
    kept = request.session.get(_TYPED)
    if not kept or not _reader(request) or kept["path"] != request.get_full_path() or _is_script(request):
        return {}
    del request.session[_TYPED]
    return dict(kept)


def forget_others(request: HttpRequest) -> None:
    """Throw away what was typed before the sign-in by somebody else, or more than ``TYPED_KEPT_MINUTES`` ago.

    Where nobody knows who typed it (the browser names nobody), whoever signs in counts as the one.
    """
    reader, kept = _reader(request), request.session.get(_TYPED)
    if kept and reader:
        old = clock.now().timestamp() - kept.get("at", 0) > settings.TYPED_KEPT_MINUTES * 60
        if old or kept["whose"] not in ("", _mark(reader)):
            del request.session[_TYPED]


def _reader(request: HttpRequest) -> str:
    """The id of whoever is signed in; empty for nobody, also where an answer comes before that is known."""
    return str(getattr(getattr(request, "user", None), "pk", None) or "")


def _mark(user_id: str) -> str:
    return salted_hmac("comity.web.account.gate", user_id).hexdigest()[:_MARK_LENGTH]


class Whose:
    """The browser keeps who signed in last, as a digest: whose form it is that comes when the session is over."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        user_id = request.session.get(SESSION_KEY) if request.session.accessed else None
        if user_id and request.COOKIES.get(_WHOSE) != (mark := _mark(user_id)):
            response.set_cookie(_WHOSE, mark, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
        return response


def words_of(fields: dict[str, str]) -> list[str]:
    """What of posted ``fields`` a person would have to type again: no choice from a list, no id, no letter or two.

    What stands in a field for words comes back whatever it looks like.
    """
    by_hand = (text for name, text in fields.items() if not _LOOKS.get(name, _BY_MACHINE).fullmatch(text.strip()))
    return list(dict.fromkeys(by_hand))


def same_site(path: str) -> str:
    """``path`` when it leads to a page of this site, else an empty text. Never another host or scheme."""
    inside = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if inside else ""


def sign_in_address(path: str) -> str:
    """The sign-in page that leads on to ``path``."""
    return f"{reverse('sign-in')}?{urlencode({'next': path})}" if path else reverse("sign-in")


def typed_in(request: HttpRequest) -> dict[str, str]:
    """What the posted form holds, cut where a session could not keep it: no password, no secret, nothing of its own."""
    room, fields = _TYPED_LENGTH, {}
    for name, text in request.POST.dict().items():
        passed_over = len(name) > _NAME_LENGTH or _SECRET.search(name) or _NOT_TYPED.fullmatch(name)
        if isinstance(text, str) and text.strip() and not passed_over and len(name) < room:
            fields[name] = text[: room - len(name)]
            room -= len(name) + len(fields[name])
    return fields


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if _is_script(request):
        return HttpResponse("You are signed out. Sign in in another tab; what you typed stays here.", status=401)
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(sign_in_address(request.get_full_path()))
    path = page_of_form(request)
    whose, fields = request.COOKIES.get(_WHOSE, ""), typed_in(request)
    if not whose:
        fields = {name: text for name, text in fields.items() if name in _ASKED_FOR}
    if fields:
        at = clock.now().timestamp()
        request.session[_TYPED] = {"path": path, "fields": fields, "at": at, "whose": whose[:_MARK_LENGTH]}
    return HttpResponseRedirect(sign_in_address(path))


def _is_script(request: HttpRequest) -> bool:
    """A request by a page's script, whose answer must not tear the page away."""
    if "HX-Request" in request.headers or "X-Live" in request.headers:
        return True
    return request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def page_of_form(request: HttpRequest) -> str:
    """The page of this site that the posted form stood on; the address of the form where that is unknown."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc != request.get_host():
        return request.get_full_path()
    return same_site(referrer.path + (f"?{referrer.query}" if referrer.query else ""))
