"""The secrets with which carriers sign what they push: one for each carrier of a marketplace, told once."""

from datetime import datetime, timedelta

from comity.accounts.models import CarrierKey, Marketplace, User
from comity.accounts.services.trail import note
from comity.common.errors import Refused
from comity.common.transactions import write
from comity.integrations.carriers import carrier_name, is_name, same_carrier
from comity.integrations.carriers.signing import new_secret

GRACE = timedelta(days=7)  # how long an old secret is believed: a week has days on which the carrier's people work


def renew_carrier_key(*, marketplace: Marketplace, carrier: str, by: User, now: datetime) -> str:
    """A new secret for ``carrier``, told only here. The one before it is believed for ``GRACE``, older ones are not.

    Raises ``Refused`` (nothing stored): ``carrier``, for what can be no carrier's name.
    """
    name, secret = carrier_name(carrier), new_secret()
    if not is_name(name):
        sentence = "Choose a carrier, or write its name: letters, digits and blanks, 60 at most."
        raise Refused("carrier", sentence, "carrier")
    code = same_carrier(name)
    with write():
        note(marketplace, "carrier.secret_renewed", by=by, now=now, carrier=code)  # which locks the marketplace
        known = CarrierKey.objects.filter(marketplace=marketplace, code=code).first()
        old = {"old_secret": known.secret, "old_until": now + GRACE} if known else {}
        fields = {"carrier": name, "secret": secret, "made_at": now, **old}
        CarrierKey.objects.update_or_create(marketplace=marketplace, code=code, defaults=fields)
    return secret
