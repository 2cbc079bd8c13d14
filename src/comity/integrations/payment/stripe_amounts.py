"""How Stripe counts money: mostly in the minor units of ISO 4217, in some currencies otherwise.

Source of the table: https://docs.stripe.com/currencies, sections “Zero-decimal currencies”, “Three-decimal currencies”
and “Special cases” (2026). Whatever is not in it has two decimals there: ISK and UGX too, which have none in ISO 4217.
"""

from comity.common.import_values import currencies
from comity.integrations.payment import ProviderRefuses

_THOUSANDTHS = 1_000
_LISTED = {
    1: "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
    _THOUSANDTHS: "BHD JOD KWD OMR TND",
}
_PARTS = {code: parts for parts, codes in _LISTED.items() for code in codes.split()}


def step(currency: str) -> int:
    """Stripe takes only multiples of so many of our minor units: of 10 where it has three decimals, of 100 for MGA."""
    theirs = _theirs(currency)
    return 10 if theirs == _THOUSANDTHS else max(_ours(currency) // theirs, 1)


def to_stripe(amount_minor: int, currency: str) -> int:
    """Our minor units as Stripe counts them. Raises ``ProviderRefuses`` for an amount that it cannot take."""
    if amount_minor % step(currency):
        raise ProviderRefuses(f"Stripe takes {currency} in steps of {step(currency)} minor units only")
    return amount_minor * _theirs(currency) // _ours(currency)


def from_stripe(amount: int, currency: str) -> int:
    """What Stripe counts as our minor units; ``currency`` in any case. A part of one counts as a whole one, and shows.

    Raises ``LookupError`` for a currency that is unknown here.
    """
    code = currency.upper()
    return -(-amount * _ours(code) // _theirs(code))


def _ours(currency: str) -> int:
    """Minor units of one whole."""
    return int(10 ** currencies()[currency])


def _theirs(currency: str) -> int:
    return _PARTS.get(currency, 100)
