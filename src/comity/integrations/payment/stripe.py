"""Stripe, by its own library: what a buyer authorised is a PaymentIntent with ``capture_method=manual``.

Parts of an order that leave on different days are captured one by one, which Stripe calls multicapture and has to
switch on for an account. A part that will not be charged any more needs no request while others may still be: Stripe
lets go of all that is left with the last capture, or when the intent is cancelled.

A renewal is a PaymentIntent that is made and confirmed here, off-session, with the customer and the payment method that
the buyer left in the shop. Like the others it takes nothing before it is captured; it carries what it is for in its
metadata, by which it is found again after an idempotency key has been forgotten.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import stripe

from comity.integrations.payment import (
    BadNotice,
    Instruction,
    KeySpent,
    Mandate,
    Notice,
    ProviderDown,
    ProviderRefuses,
    Standing,
)
from comity.integrations.payment.stripe_amounts import from_stripe, to_stripe

SECONDS = 20  # that Stripe may take to answer
_OLDEST_NOTICE = timedelta(minutes=5)  # what Stripe's own library takes for its default
# Stripe understood and said no. Everything else may have happened: a server's trouble, an answer that is none, a key
# that somebody has to put right, an idempotency key that is in use.
_NO = (stripe.CardError, stripe.InvalidRequestError)
_KEY = "comity_payment"  # the metadata of a refund
_SUBJECT = "comity_renewal"  # the metadata of what was made here
_HELD = "requires_capture"
# Stripe: what a PaymentIntent may be cancelled in (https://docs.stripe.com/api/payment_intents/cancel).
_STOPPABLE = frozenset({_HELD, "requires_payment_method", "requires_confirmation", "requires_action", "processing"})
_OTHER_CLOCK = timedelta(days=1)  # by so much Stripe's clock may differ from ours, at most
_KINDS: dict[str, Any] = {
    "charge.dispute.funds_withdrawn": "chargeback",
    "charge.dispute.funds_reinstated": "reversal",
    "refund.failed": "failed",
}


class Stripe:
    """One account at Stripe. ``url``: another address than Stripe's own, for tests."""

    name = "stripe"

    def __init__(self, key: str, webhook_secret: str, *, url: str = "") -> None:
        self._secret, self._live = webhook_secret, "_live_" in key
        addresses: Any = {"base_addresses": {"api": url}} if url else {}
        transport = stripe.RequestsClient(timeout=SECONDS)
        self._client = stripe.StripeClient(key, http_client=transport, max_network_retries=0, **addresses)

    def carry_out(self, wanted: Instruction) -> str:
        """As ``Provider`` says."""
        deeds = {"capture": self._capture, "release": self._release, "refund": self._refund}
        try:
            return deeds[wanted.deed](wanted)
        except stripe.StripeError as error:
            raise _told(error) from error

    def standing(self, authorisation: str) -> Standing | None:
        """As ``Provider`` says."""
        try:
            intent = self._client.v1.payment_intents.retrieve(authorisation)
            refunds = self._client.v1.refunds.list({"payment_intent": authorisation, "limit": 100})
            given = sum(one.amount for one in refunds.auto_paging_iter() if one.status not in ("failed", "canceled"))
        except stripe.StripeError as error:
            raise _told(error) from error
        code = intent.currency.upper()
        return Standing(from_stripe(intent.amount_received, code), from_stripe(given, code), code)

    def authorise(self, wanted: Mandate) -> str:
        """As ``Provider`` says. The bank is not asked for anything that the buyer would have to be there for."""
        params: Any = {
            "amount": to_stripe(wanted.amount_minor, wanted.currency),
            "currency": wanted.currency.lower(),
            "customer": wanted.customer,
            "payment_method": wanted.method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "off_session": True,
            "confirm": True,
            "capture_method": "manual",
            "metadata": {_SUBJECT: wanted.subject},
        }
        try:
            intent = self._client.v1.payment_intents.create(params, {"idempotency_key": wanted.key})
        except stripe.StripeError as error:
            raise _told(error) from error
        if intent.status != _HELD:
            raise ProviderRefuses(f"intent {intent.status}")
        return intent.id

    def held(self, wanted: Mandate) -> str:
        """As ``Provider`` says."""
        try:
            return next((one.id for one in self._made_for(wanted) if one.status == _HELD), "")
        except stripe.StripeError as error:
            raise _told(error) from error

    def let_go(self, wanted: Mandate) -> None:
        """As ``Provider`` says: an intent that was declined could be paid yet, by the shop's own pages.

        With no key of ours: an intent is cancelled once, and the answer of a key that is spent would stay for ever.
        """
        try:
            for one in self._made_for(wanted):
                if one.status in _STOPPABLE:
                    self._client.v1.payment_intents.cancel(one.id)
        except stripe.StripeError as error:
            raise _told(error) from error

    def _made_for(self, wanted: Mandate) -> Iterator[Any]:
        since = int((wanted.since - _OTHER_CLOCK).timestamp())
        params: Any = {"customer": wanted.customer, "created": {"gte": since}, "limit": 100}
        for one in self._client.v1.payment_intents.list(params).auto_paging_iter():
            if one.metadata and one.metadata.to_dict().get(_SUBJECT) == wanted.subject:
                yield one

    def read_notice(self, body: bytes, signature: str, *, now: datetime) -> Notice | None:
        """As ``Provider`` says; ``signature``: of the header ``Stripe-Signature``.

        While Stripe changes the secret of a webhook it signs with both, and either counts.
        """
        self._require_signed(body, signature, now)
        try:
            event = json.loads(body)
            kind = _KINDS.get(event["type"])
            if event.get("livemode", self._live) != self._live:
                raise BadNotice("it is of the other mode than the key, live or test")
            # What another account tells, which a platform hears too, is about orders of others.
            return _notice(kind, event["data"]["object"]) if kind and not event.get("account") else None
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise BadNotice(f"it cannot be read ({type(error).__name__})") from error

    def _require_signed(self, body: bytes, signature: str, now: datetime) -> None:
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._secret)
        except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
            raise BadNotice("the signature does not fit") from error
        stamp = next(part for part in signature.split(",") if part.startswith("t="))
        if abs(now.timestamp() - int(stamp.removeprefix("t="))) > _OLDEST_NOTICE.total_seconds():
            minutes = int(_OLDEST_NOTICE.total_seconds() // 60)
            raise BadNotice(f"it was signed more than {minutes} minutes from this server's clock")

    def _capture(self, wanted: Instruction) -> str:
        # Only said where it is meant: an account without multicapture refuses the word itself.
        amount = to_stripe(wanted.amount_minor, wanted.currency)
        params: Any = {"amount_to_capture": amount, **({} if wanted.final else {"final_capture": False})}
        done = self._client.v1.payment_intents.capture(wanted.authorisation, params, {"idempotency_key": wanted.key})
        return str(done.latest_charge or done.id)

    def _release(self, wanted: Instruction) -> str:
        if wanted.final:
            intent = self._client.v1.payment_intents.retrieve(wanted.authorisation)
            if intent.status == _HELD:
                self._client.v1.payment_intents.cancel(wanted.authorisation, options={"idempotency_key": wanted.key})
        return wanted.authorisation

    def _refund(self, wanted: Instruction) -> str:
        params: Any = {
            "payment_intent": wanted.authorisation,
            "amount": to_stripe(wanted.amount_minor, wanted.currency),
            "metadata": {_KEY: wanted.key},  # for notices about it: they may come before the answer does
        }
        done = self._client.v1.refunds.create(params, {"idempotency_key": wanted.key})
        if done.status in ("failed", "canceled"):
            raise ProviderRefuses(f"refund {done.status}: {getattr(done, 'failure_reason', None) or 'no reason given'}")
        return done.id


def _told(error: stripe.StripeError) -> ProviderDown | ProviderRefuses:
    """Class and code only: a message may quote a person."""
    name = " ".join(str(word) for word in (type(error).__name__, error.http_status, error.code) if word)
    if _is_spent(error):
        return KeySpent(f"{name}, for good")
    final = isinstance(error, _NO) and error.http_status != 409  # noqa: PLR2004 - HTTP
    return ProviderRefuses(name) if final else ProviderDown(name)


def _is_spent(error: stripe.StripeError) -> bool:
    """Whether this error is what Stripe answers that idempotency key with from now on, whatever happens."""
    replayed = {name.lower(): value for name, value in (error.headers or {}).items()}.get("idempotent-replayed")
    return replayed == "true" and (error.http_status or 0) >= 500  # noqa: PLR2004 - HTTP


def _notice(kind: Any, about: dict[str, Any]) -> Notice | None:
    if not about["payment_intent"]:  # a charge that was made without one
        return None
    return Notice(
        kind=kind,
        authorisation=str(about["payment_intent"]),
        amount_minor=from_stripe(int(about["amount"]), str(about["currency"])),
        cause=str(about["id"]),
        key=str((about.get("metadata") or {}).get(_KEY, "")) if kind == "failed" else "",
        currency=str(about["currency"]).upper(),
    )
