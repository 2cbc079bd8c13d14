"""A shop passes a signed-in buyer to us, with a token that it signs. See docs/integrate/hand-over.md."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from comity.accounts.models import Buyer, Marketplace, User
from comity.accounts.services import tokens
from comity.accounts.services.trail import note
from comity.accounts.services.users import create_user
from comity.common.crypto import lookup_digest
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write

AUDIENCE = "comity"
CLOCK_SKEW = timedelta(minutes=1)  # by how much a shop's clock may be ahead of ours
SHORTEST_SECRET = 32  # bytes; RFC 7518 §3.2 asks for a key as long as the hash

_REQUIRED = ("iss", "aud", "sub", "email", "name", "iat", "exp", "jti")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_SENTENCES = {
    "expired": "This way in is too old. Go back to the shop and open the page again.",
    "used": "This way in was used already; each works once. Go back to the shop and open the page again.",
    "invalid": "The shop's word for you is not valid. Go back to the shop and open the page again.",
}


class HandOverRefused(Refused):
    """A token that is not accepted: ``code`` is expired, used or invalid, and says no more to outsiders."""


class HandedOver(NamedTuple):
    """Who came, and where to. The path is the shop's word: check that it stays on this site."""

    user: User
    buyer: Buyer
    next_path: str


def renew_secret(*, marketplace: Marketplace, by: User, now: datetime) -> str:
    """A new secret for the shop, told only here; tokens signed with the old one are refused from now on."""
    secret = secrets.token_urlsafe(SHORTEST_SECRET)
    with write():
        locked = Marketplace.objects.select_for_update().get(pk=marketplace.pk)
        locked.hand_over_secret = secret
        emit(
            locked,
            name="hand_over.secret_renewed",
            data={"marketplace": locked.public_id},
            stream_id=locked.public_id,
            marketplace=locked.public_id,
            actor=by.public_id,
            now=now,
        )
        locked.save(update_fields=["hand_over_secret", "event_count"])
    return secret


def accept(*, marketplace: Marketplace, token: str, now: datetime) -> HandedOver:
    """Take a shop's word for a buyer, who is created or brought up to date. Raises ``HandOverRefused``.

    The word counts for this buyer on this marketplace only: the edge keeps the session from every other seat
    of the same user.
    """
    claims = _claims(marketplace, token, now)
    with write():
        spending = f"hand-over {marketplace.public_id} {claims['jti']}"
        if not tokens.spend(token=spending, expires_at=_moment(claims["exp"]), now=now):
            raise _refusal("used")
        buyer = _buyer(marketplace, claims, now)
        if not buyer.user or not buyer.user.is_active:
            raise _refusal("invalid")
    return HandedOver(buyer.user, buyer, str(claims.get("next", "")))


def _claims(marketplace: Marketplace, token: str, now: datetime) -> dict[str, Any]:
    """The claims of a token that is signed, in time and complete."""
    if len(marketplace.hand_over_secret.encode()) < SHORTEST_SECRET:
        raise _refusal("invalid")
    options: Any = {"require": list(_REQUIRED), "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            marketplace.hand_over_secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=marketplace.slug,
            options=options,  # times are held against `now` below, not against PyJWT's own clock
        )
        issued, expires = _moment(claims["iat"]), _moment(claims["exp"])
        _check_words(claims)
    except (jwt.InvalidTokenError, ValidationError, ValueError, TypeError, OverflowError) as error:
        raise _refusal("invalid") from error
    if expires <= now:
        raise _refusal("expired")
    if issued > now + CLOCK_SKEW or expires - issued > timedelta(minutes=settings.HAND_OVER_MINUTES):
        raise _refusal("invalid")
    return claims


def _check_words(claims: dict[str, Any]) -> None:
    """Every claim that is stored is a text of a length that fits. Raises ``ValueError``."""
    lengths = {"sub": 100, "jti": 200, "name": 120, "email": 254}
    if any(
        not isinstance(claims[name], str) or not 0 < len(claims[name].strip()) <= most for name, most in lengths.items()
    ):
        raise ValueError("a claim is missing, empty or too long")
    optional = (claims.get("source", "comity"), claims.get("lang", "en"), claims.get("next", ""))
    if not all(isinstance(value, str) for value in optional) or not 0 < len(optional[0]) <= 60:  # noqa: PLR2004 - columns
        raise ValueError("an optional claim is no text")
    if any("\x00" in str(value) for value in claims.values()):
        raise ValueError("a claim contains a NUL")
    validate_email(claims["email"])


def _buyer(marketplace: Marketplace, claims: dict[str, Any], now: datetime) -> Buyer:
    language = claims.get("lang", "")
    known = {
        "name": claims["name"],
        "email": claims["email"],
        "email_lookup": lookup_digest(claims["email"]),
        "language": language if _LANGUAGE.fullmatch(language) else marketplace.language,
    }
    buyer, new = Buyer.objects.select_for_update().get_or_create(
        marketplace=marketplace,
        source=claims.get("source", "comity"),
        external_id=claims["sub"],
        defaults={"public_id": new_id("buy", now), **known},
    )
    fresh = {name: value for name, value in known.items() if getattr(buyer, name) != value}
    for name, value in fresh.items():
        setattr(buyer, name, value)
    if buyer.user is None:
        buyer.user = _user(buyer, now)
        fresh["user"] = buyer.user
    if fresh:
        buyer.save(update_fields=[*fresh])
    if not new and fresh.keys() & {"name", "email"}:
        note(buyer, "buyer.changed", by=None, now=now, buyer=buyer.public_id)
    return buyer


def _user(buyer: Buyer, now: datetime) -> User:
    """The user with the buyer's address; one apart when that user is another buyer here."""
    user = User.objects.filter(email_lookup=buyer.email_lookup).first()
    if user is None:
        return create_user(email=buyer.email, name=buyer.name, language=buyer.language, now=now)
    if not Buyer.objects.filter(marketplace=buyer.marketplace, user=user).exists():
        return user
    return create_user(
        email=buyer.email, name=buyer.name, language=buyer.language, hand_over_of=buyer.public_id, now=now
    )


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def _refusal(code: str) -> HandOverRefused:
    return HandOverRefused(code, _SENTENCES[code])
