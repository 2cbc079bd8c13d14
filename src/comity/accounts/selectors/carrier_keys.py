"""With what carriers sign: for the page that makes secrets, and for the push that believes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from comity.accounts.models import CarrierKey, Marketplace
from comity.integrations.carriers.signing import read_secret


def carrier_keys_of(marketplace: Marketplace) -> list[CarrierKey]:
    """Which carriers have a secret on ``marketplace``, by name. One query."""
    return list(CarrierKey.objects.filter(marketplace=marketplace).order_by("carrier"))


def believed_secrets(marketplace: Marketplace, *, now: datetime) -> Mapping[str, Sequence[bytes]]:
    """By carrier (``same_carrier``), the secrets that are believed now: its own, and the one before for a while."""
    return {
        key.code: [read_secret(one) for one in (key.secret, key.old_secret if _counts(key, now) else "") if one]
        for key in carrier_keys_of(marketplace)
    }


def _counts(key: CarrierKey, now: datetime) -> bool:
    return key.old_until is not None and now < key.old_until
