"""Signing in: passwords tried in moderation, and links that work once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse

from comity.accounts.models import User
from comity.accounts.services import throttle, tokens
from comity.accounts.services.trail import note_sign_in
from comity.accounts.services.users import find_user
from comity.common import locales
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit_alone
from comity.common.transactions import write

_signer = signing.Signer(salt="comity.sign-in-link")

_SUBJECT = "Your sign-in link"
_TEXT = """Hello {name},

somebody, most likely you, asked to sign in to Comity at {moment}. Open this link and press the button:

{address}

It works once and for {minutes} minutes. If you did not ask for it, do nothing: nobody has signed in.
"""


class LinkRefused(Refused):
    """A sign-in link that does not work: ``code`` is expired, used or invalid."""


class TooManyTries(Refused):
    """Tries are taken again from ``reopens_at``."""

    def __init__(self, reopens_at: datetime) -> None:
        again = locales.clock(reopens_at)
        sentence = f"Too many tries. Passwords are taken again from {again}; a link by e-mail works now."
        super().__init__("too_many", sentence)
        self.reopens_at = reopens_at


_REFUSALS = {
    "expired": "This link is too old.",
    "used": "This link was used already; each works once.",
    "invalid": "This link is not complete. Copy the whole address from the mail.",
}


def check_password(*, email: str, password: str, network: str, now: datetime) -> User:
    """The user with this address and password. ``network`` is where the try comes from, such as an IP address.

    Raises ``Refused`` with the same words, after the same work, for an unknown address and a wrong password, and
    ``TooManyTries``. A right password makes earlier wrong ones not count.
    """
    for kind, value in (("network", network), ("address", email)):
        reopens = throttle.take(kind=kind, value=value, now=now)
        if reopens is not None:
            raise TooManyTries(reopens)
    user = authenticate(email=email, password=password)
    if not isinstance(user, User):
        _note_failure(email, now=now)
        raise Refused(
            "wrong", "This address and password do not belong together. Check both, or take a link by e-mail."
        )
    throttle.give_back(kind="network", value=network)
    throttle.forget(kind="address", value=email)
    note_sign_in(user=user, now=now)
    return user


def _note_failure(email: str, *, now: datetime) -> None:
    """Count it, and at the first and the tenth time within an hour have the worker put it on the trail of any shop.

    The same statements for every address: whether somebody has a seat must not be seen in how long the answer takes,
    and nobody who is not signed in may lock a shop's row. What is typed is not in the event.
    """
    with write():
        tries = throttle.tally(kind="failed sign-in", value=email, window=settings.SIGN_IN_FAILURES_WITHIN, now=now)
        user = find_user(email)
        if tries in settings.SIGN_IN_FAILURES_TOLD:
            about = {"user": user.public_id if user else "", "tries": str(tries)}
            emit_alone(name="sign_in.failed", data=about, now=now)


def request_link(*, email: str, next_path: str, base_url: str, network: str, now: datetime) -> EmailMessage | None:
    """The mail with a sign-in link, for the edge to send after it has answered; nothing for an unknown address.

    The edge answers the same either way. Nothing, too, when this address or network has had its share of mails.
    """
    taken = [throttle.take(kind=kind, value=value, now=now) for kind, value in (("network", network), ("link", email))]
    user = find_user(email)
    if user is None or any(taken):
        return None
    link = make_link(user=user, next_path=next_path, base_url=base_url, now=now)
    text = _TEXT.format(
        name=user.name,
        moment=locales.clock_in(user.language, user.time_zone, now),
        address=link,
        minutes=settings.SIGN_IN_LINK_MINUTES,
    )
    return EmailMessage(subject=_SUBJECT, body=text, to=[user.email], headers={"Auto-Submitted": "auto-generated"})


def make_link(*, user: User, base_url: str, next_path: str = "", valid: timedelta | None = None, now: datetime) -> str:
    """The address of a page that signs ``user`` in once and leads on to ``next_path``.

    Valid for ``SIGN_IN_LINK_MINUTES`` unless ``valid`` says otherwise (the demo's printed links last longer).
    """
    expires = now + (valid or timedelta(minutes=settings.SIGN_IN_LINK_MINUTES))
    content = {"u": user.public_id, "e": expires.timestamp(), "i": new_id("tok", now), "n": next_path}
    return f"{base_url}{reverse('sign-in-link', args=[_signer.sign_object(content)])}"


def check_link(*, token: str, now: datetime) -> User:
    """Whom ``token`` would sign in; does not use it up. Raises ``LinkRefused``."""
    content = _content(token, now)
    if tokens.is_spent(token):
        raise _refusal("used")
    return _user(content)


def redeem_link(*, token: str, now: datetime) -> tuple[User, str]:
    """Use ``token`` up: its user and the path that the link leads on to. Raises ``LinkRefused``."""
    content = _content(token, now)
    with write():
        if not tokens.spend(token=token, expires_at=datetime.fromtimestamp(content["e"], tz=UTC), now=now):
            raise _refusal("used")
        user = _user(content)
        note_sign_in(user=user, now=now)
        return user, str(content["n"])


def _content(token: str, now: datetime) -> dict[str, Any]:
    try:
        content = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise _refusal("invalid") from error
    if now.timestamp() >= content["e"]:
        raise _refusal("expired")
    return dict(content)


def _user(content: dict[str, Any]) -> User:
    user = User.objects.filter(public_id=content["u"], is_active=True).first()
    if user is None:
        raise _refusal("invalid")
    return user


def _refusal(code: str) -> LinkRefused:
    return LinkRefused(code, _REFUSALS[code])
