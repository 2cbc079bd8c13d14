"""With what carriers sign: for the page that makes secrets, and for the push that believes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from comity.accounts.models import CarrierKey, Marketplace
from comity.integrations.carriers import carrier_name, same_carrier
from comity.integrations.carriers.signing import read_secret

SHOWN_AGAIN = timedelta(minutes=5)  # a second press, or an answer that was lost: whoever made it sees it still


def carrier_keys_of(marketplace: Marketplace) -> list[CarrierKey]:
    """Which carriers have a secret on ``marketplace``, by name. One query."""
    return list(CarrierKey.objects.filter(marketplace=marketplace).order_by("carrier"))


def fresh_secret(marketplace: Marketplace, carrier: str, *, made: str, now: datetime) -> str:
    """The secret of ``carrier`` that was made at the moment ``made`` (ISO), for ``SHOWN_AGAIN``; later it is empty."""
    key = CarrierKey.objects.filter(marketplace=marketplace, code=same_carrier(carrier_name(carrier))).first()
    fresh = key and key.made_at.isoformat() == made and now - key.made_at <= SHOWN_AGAIN
    return key.secret if key and fresh else ""


def believed_secrets(marketplace: Marketplace, *, now: datetime) -> Mapping[str, Sequence[bytes]]:
    """By carrier (``same_carrier``), the secrets that are believed now: its own, and the one before for a while."""
    return {
        key.code: [read_secret(one) for one in (key.secret, key.old_secret if _counts(key, now) else "") if one]
        for key in carrier_keys_of(marketplace)
    }


def _counts(key: CarrierKey, now: datetime) -> bool:
    return key.old_until is not None and now < key.old_until
