"""A person's own account: what others see of them, their password, their sessions, and which mails they get."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from comity.accounts.models import User
from comity.accounts.selectors.seats import Seats, seats_of
from comity.accounts.services import users
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.notify.models import Notification, NotificationPreference
from comity.notify.services.preferences import set_by_email
from comity.web.account.gate import signed_in

Kind = Notification.Kind
# What a mail is about, and whose seats it concerns; an invitation is always sent.
_MAILS: tuple[tuple[str, str, frozenset[str]], ...] = (
    (Kind.MESSAGE_WAITING, "A message waits for you", frozenset({"buyer", "seller", "operator"})),
    (Kind.RULING_MADE, "A moderator has ruled on a message of yours", frozenset({"buyer", "seller"})),
    (Kind.REPORT_DECIDED, "A message that you reported was decided on", frozenset({"buyer", "seller"})),
    (Kind.ASSIGNED, "A colleague assigned a conversation to you", frozenset({"seller", "operator"})),
    (Kind.MENTIONED, "A colleague mentioned you in a note", frozenset({"seller", "operator"})),
    (Kind.HANDLING_TIME_CHANGED, "The marketplace changed the handling time of an offer", frozenset({"seller"})),
    (Kind.REPORT_READY, "A report of your shop's orders is finished", frozenset({"seller"})),
    (Kind.HELP_ANSWERED, "The marketplace answered what your shop asked", frozenset({"seller"})),
    (Kind.HELP_ASKED, "A seller asks the marketplace for help", frozenset({"operator"})),
    (Kind.RULING_OVERDUE, "A held message is about to run out of time", frozenset({"operator"})),
)
_DONE = {
    "details": "Your details are saved.",
    "password": "Your password is changed, and every other device is signed out.",
    "sessions": "Every other device is signed out.",
    "mails": "Saved. Mails already on their way still arrive.",
}


@dataclass(frozen=True, slots=True)
class _Form:
    """What was typed, and which part of the page said what was wrong."""

    typed: dict[str, str] = field(default_factory=dict)
    refused: Refused | None = None
    part: str = ""


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """The page; each of its forms says by ``part`` which one it is."""
    user = _person(request)
    part = request.POST.get("part", "")
    if request.method != "POST" or part not in _DONE:
        return _page(request, user, _Form())
    try:
        _change(request, user, part)
    except Refused as refused:
        typed = {name: request.POST.get(name, "") for name in ("name", "language", "time_zone")}
        return _page(request, _person(request, fresh=True), _Form(typed if part == "details" else {}, refused, part))
    return HttpResponseRedirect(f"{reverse('account')}?done={part}")


def _change(request: HttpRequest, user: User, part: str) -> None:
    posted, now = request.POST, clock.now()
    if part == "details":
        details = {name: posted.get(name, "") for name in ("name", "language", "time_zone")}
        users.change_account(user=user, **details, now=now)
    elif part == "password":
        users.change_password(user=user, password=posted.get("password", ""), now=now)
        update_session_auth_hash(request, user)
    elif part == "sessions":
        users.sign_out_everywhere(user=user, now=now)
        update_session_auth_hash(request, user)
    else:
        wanted = set(posted.getlist("mails"))
        for kind, _ in _mails(seats_of(user)):
            set_by_email(user=user, kind=kind, by_email=kind in wanted)


def _page(request: HttpRequest, user: User, form: _Form) -> HttpResponse:
    unwanted = NotificationPreference.objects.filter(user=user, by_email=False).values_list("kind", flat=True)
    off = set(unwanted)
    present = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    context: dict[str, Any] = {
        "who": user.name,
        "person": user,
        "typed": {name: value.replace("\0", "\u2400") for name, value in {**present, **form.typed}.items()},
        "errors": {form.refused.field: form.refused.sentence} if form.refused else {},
        "mails": [(kind, label, kind not in off) for kind, label in _mails(seats_of(user))],
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.refused else HTTPStatus.OK
    return render(request, "account/account.html", context, status=status)


def _mails(seats: Seats) -> list[tuple[str, str]]:
    """The kinds of mail that somebody with these seats can get."""
    held = {name for name in ("buyer", "seller", "operator") if getattr(seats, name)}
    return [(kind, label) for kind, label, of in _MAILS if of & held]


def _person(request: HttpRequest, *, fresh: bool = False) -> User:
    if not isinstance(request.user, User):
        raise NotFound("Nobody is signed in.")
    return User.objects.get(pk=request.user.pk) if fresh else request.user
