"""Stripe, by its own library: what a buyer authorised is a PaymentIntent with ``capture_method=manual``.

Parts of an order that leave on different days are captured one by one, which Stripe calls multicapture and has to
switch on for an account. A part that will not be charged any more needs no request while others may still be: Stripe
lets go of all that is left with the last capture, or when the intent is cancelled.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import stripe

from comity.integrations.payment import BadNotice, Instruction, Notice, ProviderDown, ProviderRefuses, Standing

SECONDS = 20  # that Stripe may take to answer
_OLDEST_NOTICE = timedelta(minutes=5)  # what Stripe's own library takes for its default
_MEND = (stripe.AuthenticationError, stripe.PermissionError)  # keys that somebody has to put right
# An idempotency error speaks of the key alone: what was asked for with it may have happened.
_AWAY = (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError, *_MEND)
_KEY = "comity_payment"  # the metadata of a refund
_KINDS: dict[str, Any] = {
    "charge.dispute.funds_withdrawn": "chargeback",
    "charge.dispute.funds_reinstated": "reversal",
    "refund.failed": "failed",
}


class Stripe:
    """One account at Stripe. ``url``: another address than Stripe's own, for tests."""

    name = "stripe"

    def __init__(self, key: str, webhook_secret: str, *, url: str = "") -> None:
        self._secret = webhook_secret
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
        return Standing(intent.amount_received, given)

    def read_notice(self, body: bytes, signature: str, *, now: datetime) -> Notice | None:
        """As ``Provider`` says; ``signature``: of the header ``Stripe-Signature``."""
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(text, signature, self._secret)
            _require_recent(signature, now)
            event = json.loads(text)
            about = event["data"]["object"]
            kind = _KINDS.get(event["type"])
            return _notice(kind, about) if kind else None
        except (stripe.SignatureVerificationError, ValueError, LookupError, TypeError) as error:
            raise BadNotice(type(error).__name__) from error

    def _capture(self, wanted: Instruction) -> str:
        # Only said where it is meant: an account without multicapture refuses the word itself.
        params: Any = {"amount_to_capture": wanted.amount_minor, **({} if wanted.final else {"final_capture": False})}
        done = self._client.v1.payment_intents.capture(wanted.authorisation, params, {"idempotency_key": wanted.key})
        return str(done.latest_charge or done.id)

    def _release(self, wanted: Instruction) -> str:
        if wanted.final:
            intent = self._client.v1.payment_intents.retrieve(wanted.authorisation)
            if intent.status == "requires_capture":
                self._client.v1.payment_intents.cancel(wanted.authorisation, options={"idempotency_key": wanted.key})
        return wanted.authorisation

    def _refund(self, wanted: Instruction) -> str:
        params: Any = {
            "payment_intent": wanted.authorisation,
            "amount": wanted.amount_minor,
            "metadata": {_KEY: wanted.key},  # for notices about it: they may come before the answer does
        }
        done = self._client.v1.refunds.create(params, {"idempotency_key": wanted.key})
        if done.status in ("failed", "canceled"):
            raise ProviderRefuses(f"refund {done.status}: {done.failure_reason or 'no reason given'}")
        return done.id


def _told(error: stripe.StripeError) -> ProviderDown | ProviderRefuses:
    """Class and code only: a message may quote a person."""
    name = " ".join(str(word) for word in (type(error).__name__, error.http_status, error.code) if word)
    away = isinstance(error, _AWAY) or (error.http_status or 0) >= 500 or error.http_status == 409  # noqa: PLR2004 - HTTP
    return ProviderDown(name) if away else ProviderRefuses(name)


def _require_recent(signature: str, now: datetime) -> None:
    stamps = [part.removeprefix("t=") for part in signature.split(",") if part.startswith("t=")]
    if abs(now.timestamp() - int(stamps[0])) > _OLDEST_NOTICE.total_seconds():
        raise ValueError("too old")


def _notice(kind: Any, about: dict[str, Any]) -> Notice:
    return Notice(
        kind=kind,
        authorisation=str(about["payment_intent"]),
        amount_minor=int(about["amount"]),
        cause=str(about["id"]),
        key=str((about.get("metadata") or {}).get(_KEY, "")) if kind == "failed" else "",
    )
